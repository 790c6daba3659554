// Who is on shift and who of them is here. Shifts begin and end by the clock: it is asked again, also without news.
import { CREW } from "./documents.js";
import { Rows, byId, el, say, shortTime } from "./dom.js";
import { Lookout } from "./lookout.js";
import { t } from "./texts.js";

const LOOK_MS = 30_000;
const SOON_MS = 300; // one look for all who come together

export class CrewPanel {
  #people = [];
  #presence = null;
  lookout = new Lookout(() => this.#look(), SOON_MS, LOOK_MS);

  /** `ask(query)` reads over the connection as it is; the store knows who has how many orders. */
  constructor(store, ask) {
    this.store = store;
    this.ask = ask;
    this.panel = byId("staff");
    const make = () => el("li", "person", el("b", "mark"), el("div", "body", el("span", "summary"), el("span", "about")));
    this.rows = new Rows(this.panel.querySelector("ul"), make, fill);
  }

  async #look() {
    const found = await this.ask(CREW);
    this.#presence = found.presence;
    this.#people = peopleOf(found);
    this.show();
  }

  clear() {
    this.#people = [];
    this.#presence = null;
    this.show();
  }

  show() {
    const load = new Map();
    for (const { assignee } of this.store.orders()) if (assignee) load.set(assignee.id, (load.get(assignee.id) ?? 0) + 1);
    const busy = (person) => ({ ...person, orders: load.get(person.staff.id) ?? 0 });
    const absent = (person) => person.state === "absent";
    this.rows.show(this.#people.map(busy).sort((a, b) => b.orders - a.orders || absent(b) - absent(a)));
    const { present, onDuty, missing } = this.#presence ?? {};
    const said = this.#presence ? [t("present", present, onDuty), missing ? t("missing", missing) : ""] : [];
    say(this.panel.querySelector(".note"), said.filter(Boolean).join(" · "));
    this.panel.classList.toggle("bare", this.#people.length === 0);
  }
}

/** Everybody on shift, and who is here without one; what somebody may not see of the staff is left out. */
function peopleOf({ staffOnDuty, staffPresent }) {
  const stays = new Map(staffPresent.nodes.filter((stay) => stay.staff).map((stay) => [stay.staff.id, stay]));
  const duties = staffOnDuty.nodes.filter((duty) => duty.staff);
  const onDuty = new Set(duties.map((duty) => duty.staff.id));
  const extra = [...stays.values()].filter((stay) => !onDuty.has(stay.staff.id));
  return [
    ...duties.map((duty) => ({ id: duty.id, duty, staff: duty.staff, ...stateOf(stays.get(duty.staff.id)) })),
    ...extra.map((stay) => ({ id: stay.id, duty: null, staff: stay.staff, state: "offRoster", late: 0 })),
  ];
}

function stateOf(stay) {
  if (!stay) return { state: "absent", late: 0 };
  return { state: "here", late: stay.lateMinutes };
}

function fill(row, { staff, duty, state, late, orders }) {
  const [mark, { children: [name, about] }] = row.children;
  row.dataset.state = state;
  say(mark, orders ? t("openOrders", orders) : "–");
  say(name, [staff.name, state === "here" && late ? t("lateBy", late) : t(state)].join(" · "));
  const shift = duty ? [duty.shift?.name, t("until", shortTime(duty.endsAt))] : [];
  say(about, [staff.title, ...shift].filter(Boolean).join(" · "));
}
