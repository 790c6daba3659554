// Why an order is where it is: its clocks and what was decided about it, asked for when somebody presses its card.
import { showClock } from "./clocks.js";
import { STORY } from "./documents.js";
import { byId, el, say, shortTime } from "./dom.js";
import { aboutOf } from "./panels.js";
import { t, word } from "./texts.js";

const MOST_CANDIDATES = 6; // of a decision

export class Story {
  #id = null;
  #version = 0; // of the order as it is told here

  /** `ask(query, variables)` reads over the connection as it is; `failed(text)` tells that it does not. */
  constructor(store, ask, failed) {
    this.store = store;
    this.ask = ask;
    this.failed = failed;
    this.dialog = byId("story");
    this.dialog.addEventListener("close", () => (this.#id = null));
    this.dialog.addEventListener("click", ({ target }) => target === this.dialog && this.close()); // beside it
    this.dialog.querySelector("button").addEventListener("click", () => this.close());
  }

  /** Open it for an order. */
  async open(id) {
    const order = this.store.order(id);
    if (!order) return;
    this.#id = id;
    this.#head(order);
    this.dialog.querySelector("ol").replaceChildren();
    if (!this.dialog.open) this.dialog.showModal();
    await this.#read(order);
  }

  close() {
    this.dialog.close();
  }

  /** Something happened: what is told follows it. */
  async show() {
    const order = this.#id && this.store.order(this.#id);
    if (!order) return;
    this.#head(order);
    if (order.version > this.#version) await this.#read(order);
  }

  #head(order) {
    const [told] = this.store.orders([order.status]).filter(({ id }) => id === order.id);
    const [summary, about, clocks] = this.dialog.querySelectorAll("h2, .about, .clocks");
    say(summary, order.summary);
    say(about, [word("status", order.status), aboutOf(order)].join(" · "));
    const made = told.clocks.map((clock) => {
      const element = el("b", "clock");
      showClock(element, clock, true);
      return element;
    });
    clocks.replaceChildren(...(made.length ? made : [el("span", "", t("noClock"))]));
  }

  async #read({ id, version }) {
    this.#version = version;
    try {
      const { workOrder } = await this.ask(STORY, { id });
      if (id !== this.#id) return;
      const decisions = [...(workOrder?.decisions.nodes ?? [])].reverse();
      const told = decisions.length ? decisions.map(decisionOf) : [el("li", "none", t("noDecision"))];
      this.dialog.querySelector("ol").replaceChildren(...told);
    } catch (error) {
      if (id === this.#id) this.failed(error.message);
    }
  }
}

function decisionOf({ outcome, text, occurredAt, staff, decidedBy, candidates }) {
  const by = decidedBy ? t("decidedBy", decidedBy.name) : "";
  const head = el("p", "decided", el("time", "", shortTime(occurredAt)), el("b", "", staff?.name ?? t("nobody")));
  head.append(el("span", "", [text, by].filter(Boolean).join(" · ")));
  const rows = candidates.slice(0, MOST_CANDIDATES).map(candidateOf);
  const made = el("li", "decision", head, el("ul", "candidates", ...rows));
  made.dataset.outcome = outcome;
  return made;
}

function candidateOf({ score, excluded, text, staff }) {
  const row = el("li", excluded ? "out" : "", el("span", "name", staff?.name ?? t("someone")));
  row.append(el("b", "", excluded ? t("leftOut") : t("points", score)), el("span", "terms", text));
  return row;
}
