// Figures, open work orders, the stream of the gates: what is only looked at.
import { now } from "./api.js";
import { showClock } from "./clocks.js";
import { Rows, byId, el, say, time } from "./dom.js";
import { GROUPS } from "./store.js";
import { span, t, word } from "./texts.js";

/** The large numbers on top. */
export class Figures {
  #numbers = new Map();

  constructor(store) {
    this.store = store;
    const figure = (name, label, kind) => {
      const number = el("b", "", "–");
      this.#numbers.set(name, number);
      return el("div", `figure ${kind}`, number, el("span", "", label));
    };
    byId("figures").append(
      figure("unacknowledged", t("unacknowledged"), "alarming"),
      figure("active", t("active"), "alarming quiet"),
      ...Object.keys(GROUPS).map((group) => figure(group, word("group", group), "work")),
      figure("late", t("late"), "lateness"),
      figure("held", t("held"), "lateness"),
    );
  }

  show() {
    const alarms = this.store.alarms();
    const fresh = alarms.filter((alarm) => !alarm.acknowledged);
    this.#set("unacknowledged", fresh.length, this.store.complete("alarm"));
    this.#set("active", alarms.length, this.store.complete("alarm"));
    const worst = fresh.some((alarm) => alarm.severity === "CRITICAL") ? "CRITICAL" : fresh.length ? "MAJOR" : "";
    this.#numbers.get("unacknowledged").parentElement.dataset.worst = worst;
    for (const group of Object.keys(GROUPS)) this.#set(group, this.store.count(group), this.store.counted());
    const whole = this.store.complete("order") && this.store.complete("clock");
    for (const [name, orders] of [["late", this.store.late()], ["held", this.store.queue()]]) {
      this.#set(name, orders.length, whole);
      this.#numbers.get(name).parentElement.dataset.worst = orders.length ? "CRITICAL" : "";
    }
  }

  /** A number; with a plus when there are more than the snapshot had. */
  #set(name, count, complete) {
    say(this.#numbers.get(name), complete ? String(count) : `${count}+`);
  }
}

/** Open work orders. */
export class OrderPanel {
  constructor(store) {
    this.store = store;
    this.panel = byId("orders");
    const make = () => el("li", "order", el("b", "mark"), el("div", "body", el("span", "summary"),
      el("span", "about", el("b", "clock"), el("span"))));
    this.rows = new Rows(this.panel.querySelector("ul"), make, fillOrder);
  }

  show() {
    const orders = this.store.orders();
    this.rows.show(orders);
    say(this.panel.querySelector(".note"), t(this.store.complete("order") ? "more" : "atLeast", orders.length));
    this.panel.classList.toggle("bare", orders.length === 0);
  }
}

function fillOrder(row, order) {
  const [mark, body] = row.children;
  say(mark, word("status", order.status));
  mark.dataset.status = order.status;
  const [summary, { children: [clock, about] }] = body.children;
  row.dataset.priority = order.priority;
  say(summary, order.summary);
  showClock(clock, order.clocks[0]);
  say(about, aboutOf(order));
}

/** Who has an order, where it is, how old it is. */
export function aboutOf(order) {
  const place = [order.building?.name, order.unit?.number].filter(Boolean).join(" ");
  const age = t("ago", span((now() - Date.parse(order.createdAt)) / 1000));
  return [word("priority", order.priority), order.assignee?.name, place, age, order.number].filter(Boolean).join(" · ");
}

/** Who passes, newest first. */
export class GatePanel {
  constructor(store) {
    this.store = store;
    this.panel = byId("gates");
    const make = () => el("li", "passage", el("time"), el("span", "way"), el("span", "who"), el("span", "where"));
    this.rows = new Rows(this.panel.querySelector("ul"), make, fillPassage);
  }

  show() {
    const passages = this.store.passages();
    this.rows.show(passages);
    const denied = passages.filter((passage) => passage.result === "DENIED").length;
    say(this.panel.querySelector(".note"), denied ? t("denied", denied) : "");
    this.panel.classList.toggle("bare", passages.length === 0);
  }
}

function fillPassage(row, passage) {
  const denied = passage.result === "DENIED";
  row.classList.toggle("denied", denied);
  const [when, way, who, where] = row.children;
  say(when, time(passage.occurredAt));
  say(way, passage.direction === "IN" ? "→" : "←");
  way.setAttribute("aria-label", word("direction", passage.direction));
  say(who, passage.person?.name ?? t("unknown"));
  const result = denied ? [word("result", "DENIED"), passage.reason] : [word("method", passage.method)];
  say(where, [passage.gate?.name, ...result].filter(Boolean).join(" · "));
}
