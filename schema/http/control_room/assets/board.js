// The manager's board, and what waits for a person: orders as cards, each of which says on demand why it is where it is.
import { now } from "./api.js";
import { showClock } from "./clocks.js";
import { Rows, byId, el, say } from "./dom.js";
import { GROUPS } from "./store.js";
import { span, t, word } from "./texts.js";

const MOST_CARDS = 40; // of a column; the heading counts them all
const COLUMNS = Object.keys(GROUPS).filter((group) => group !== "CHECK");

/** A column for each group of statuses, in each what is due next on top. */
export class BoardPanel {
  #columns;

  /** `tell(id)` is called for the card that somebody pressed. */
  constructor(store, tell) {
    this.store = store;
    this.panel = byId("board");
    this.#columns = COLUMNS.map((group) => column(group, this.panel.querySelector(".columns")));
    this.panel.addEventListener("click", (event) => pressed(event, tell));
  }

  show() {
    let all = 0;
    for (const { group, head, rows, more } of this.#columns) {
      const orders = this.store.orders(GROUPS[group]);
      const count = this.store.count(group);
      rows.show(orders.slice(0, MOST_CARDS));
      say(head.lastElementChild, this.store.counted() ? String(count) : `${count}+`);
      say(more, count > MOST_CARDS ? t("beyond", count - MOST_CARDS) : "");
      all += count;
    }
    this.panel.classList.toggle("bare", all === 0);
  }
}

function column(group, board) {
  const head = el("h3", "", el("span", "", word("group", group)), el("b"));
  head.id = `board-${group}`;
  const list = el("ul");
  list.tabIndex = 0;
  list.setAttribute("aria-labelledby", head.id);
  const more = el("p", "more");
  const made = el("section", "column", head, list, more);
  made.dataset.group = group;
  made.setAttribute("aria-labelledby", head.id);
  board.append(made);
  return { group, head, more, rows: new Rows(list, card, fillCard) };
}

function card() {
  const button = el("button", "", el("span", "summary"), el("b", "clock"), el("span", "about"));
  button.type = "button";
  return el("li", "card", button);
}

function fillCard({ firstElementChild: button }, order) {
  const [summary, clock, about] = button.children;
  button.dataset.priority = order.priority;
  button.dataset.dispatch = order.dispatchState ?? "";
  say(summary, order.summary);
  showClock(clock, order.clocks[0]);
  const place = [order.building?.name, order.unit?.number].filter(Boolean).join(" ");
  const state = order.dispatchState ? word("dispatch", order.dispatchState) : word("priority", order.priority);
  say(about, [order.assignee?.name, state, place].filter(Boolean).join(" · "));
}

/** What the house could give to nobody, or nobody accepted in time. */
export class QueuePanel {
  constructor(store, tell) {
    this.store = store;
    this.panel = byId("queue");
    this.rows = new Rows(this.panel.querySelector("ul"), held, fillHeld);
    this.panel.addEventListener("click", (event) => pressed(event, tell));
  }

  show() {
    const orders = this.store.queue();
    this.rows.show(orders);
    say(this.panel.querySelector(".note"), orders.length ? t("more", orders.length) : "");
    this.panel.classList.toggle("bare", orders.length === 0);
  }
}

function held() {
  const button = el("button", "", el("span", "summary"), el("span", "reason"), el("span", "about", el("b", "clock"), el("span")));
  button.type = "button";
  return el("li", "held", button);
}

function fillHeld({ firstElementChild: button }, order) {
  const [summary, reason, { children: [clock, about] }] = button.children;
  button.dataset.dispatch = order.dispatchState;
  say(summary, order.summary);
  const why = order.dispatchReason ? word("reason", order.dispatchReason) : "";
  say(reason, [word("dispatch", order.dispatchState), why].filter(Boolean).join(" · "));
  showClock(clock, order.clocks[0]);
  const since = Date.parse(order.escalatedAt ?? order.createdAt);
  say(about, [t("ago", span((now() - since) / 1000)), order.assignee?.name].filter(Boolean).join(" · "));
}

function pressed({ target }, tell) {
  const row = target.closest("li[data-id]");
  if (row && target.closest("button")) tell(row.dataset.id);
}
