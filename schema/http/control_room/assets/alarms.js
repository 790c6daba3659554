// The alarms, worst first, each with its button. While somebody is about to press one, no row moves under the finger.
import { now } from "./api.js";
import { Rows, byId, el, say, shortTime } from "./dom.js";
import { span, t, word } from "./texts.js";

const HELD_MS = 5000; // after the last movement of pointer or focus

export class AlarmPanel {
  #permitted = false;
  #pending = new Set();
  #heldUntil = 0;

  /** `acknowledge(alarm)` does it and returns when it is done, one way or the other. */
  constructor(store, acknowledge) {
    this.store = store;
    this.acknowledge = acknowledge;
    this.panel = byId("alarms");
    const list = this.panel.querySelector("ul");
    this.rows = new Rows(list, make, (element, alarm) => this.#fill(element, alarm));
    list.addEventListener("click", (event) => this.#clicked(event));
    for (const kind of ["pointermove", "pointerdown", "focusin", "keydown"]) {
      list.addEventListener(kind, () => (this.#heldUntil = Date.now() + HELD_MS));
    }
    list.addEventListener("pointerleave", () => (this.#heldUntil = 0));
  }

  /** Whether this account may acknowledge. */
  permit(permitted) {
    this.#permitted = permitted;
  }

  show() {
    const sorted = this.store.alarms();
    const shown = Date.now() < this.#heldUntil ? this.#hold(sorted) : sorted;
    this.rows.show(shown);
    const unseen = shown.length - this.#hidden(shown, sorted);
    say(this.panel.querySelector(".note"), unseen < shown.length ? t("fresh", shown.length - unseen) : "");
    this.panel.classList.toggle("bare", shown.length === 0);
  }

  /** Rows stay where they are; new ones come below. */
  #hold(sorted) {
    const byKey = new Map(sorted.map((alarm) => [alarm.id, alarm]));
    const kept = this.rows.order().filter((id) => byKey.has(id));
    const known = new Set(kept);
    return [...kept.map((id) => byKey.get(id)), ...sorted.filter((alarm) => !known.has(alarm.id))];
  }

  /** How many new ones wait below that belong above. */
  #hidden(shown, sorted) {
    if (shown === sorted) return 0;
    const place = new Map(shown.map((alarm, n) => [alarm.id, n]));
    return sorted.filter((alarm, n) => !alarm.acknowledged && place.get(alarm.id) > n).length;
  }

  #fill(row, alarm) {
    row.className = `alarm ${alarm.severity} ${alarm.acknowledged ? "noted" : "open"}`;
    const [mark, body, act] = row.children;
    say(mark, word("severity", alarm.severity));
    const [summary, about] = body.children;
    say(summary, alarm.summary);
    say(about, aboutOf(alarm));
    const [button, noted] = act.children;
    button.hidden = alarm.acknowledged || !this.#permitted;
    button.disabled = this.#pending.has(alarm.id);
    say(button, t(button.disabled ? "acknowledging" : "acknowledge"));
    button.setAttribute("aria-label", t("acknowledgeOf", alarm.summary));
    noted.hidden = !alarm.acknowledged;
    const who = alarm.acknowledgedBy?.name ?? t("someone");
    say(noted, alarm.acknowledged ? `✓ ${t("acknowledgedBy", who)} ${shortTime(alarm.acknowledgedAt)}` : "");
  }

  async #clicked({ target }) {
    if (target.tagName !== "BUTTON") return;
    const alarm = this.store.alarm(target.closest("li").dataset.id);
    if (!alarm || this.#pending.has(alarm.id)) return;
    this.#pending.add(alarm.id);
    this.show();
    await this.acknowledge(alarm);
    this.#pending.delete(alarm.id);
    this.show();
  }
}

function make() {
  const button = el("button");
  button.type = "button";
  return el("li", "", el("b", "mark"), el("div", "body", el("span", "summary"), el("span", "about")),
    el("div", "act", button, el("span", "noted")));
}

function aboutOf(alarm) {
  const source = alarm.camera?.name ?? alarm.device?.name ?? "";
  const building = source.includes(alarm.building?.name) ? "" : alarm.building?.name;
  const said = (name) => alarm.summary.includes(name); // sources often name themselves
  const where = [building, source].filter((name) => name && !said(name));
  const parts = [...where, t("ago", span((now() - Date.parse(alarm.firstAt)) / 1000))];
  if (alarm.count > 1) parts.push(t("times", alarm.count));
  if (alarm.workOrder) parts.push(`${word("status", alarm.workOrder.status)} ${alarm.workOrder.number}`);
  return parts.filter(Boolean).join(" · ");
}
