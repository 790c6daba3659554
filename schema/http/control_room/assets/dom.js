// A little help with the document: elements, and lists that keep the element of each row.

/** An element with a class and children; children are texts or elements. */
export function el(tag, name = "", ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...children);
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Set a text; what already says it is not touched, so that a screen reader hears news alone. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The children of a list, by the key of their row. */
export class Rows {
  #elements = new Map();

  /** `make()` gives an empty element, `fill(element, row)` writes a row into it. */
  constructor(list, make, fill) {
    this.list = list;
    this.make = make;
    this.fill = fill;
  }

  /** Show these rows in this order; what is there already stays the same element and keeps its focus. */
  show(rows) {
    const there = new Set(rows.map((row) => row.id));
    for (const [id, element] of this.#elements) {
      if (there.has(id)) continue;
      element.remove();
      this.#elements.delete(id);
    }
    rows.forEach((row, place) => {
      let element = this.#elements.get(row.id);
      if (!element) {
        element = this.make(row);
        element.dataset.id = row.id;
        this.#elements.set(row.id, element);
      }
      this.fill(element, row);
      if (this.list.children[place] !== element) this.list.insertBefore(element, this.list.children[place] ?? null);
    });
  }

  /** The ids as they stand. */
  order() {
    return [...this.list.children].map((child) => child.dataset.id);
  }
}

let zone;
let clock;
let moment;
let date;

/** Times are shown in the zone of the Property. */
export function setZone(name) {
  if (zone === name) return;
  zone = name;
  const form = { timeZone: name, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  clock = new Intl.DateTimeFormat("en-GB", form);
  moment = new Intl.DateTimeFormat("en-GB", { ...form, second: undefined });
  date = new Intl.DateTimeFormat("en-CA", { timeZone: name, month: "2-digit", day: "2-digit" });
}

/** mm-dd. */
export function day(when) {
  return date.format(new Date(when));
}

/** hh:mm:ss. */
export function time(when) {
  return clock.format(new Date(when));
}

/** hh:mm. */
export function shortTime(when) {
  return moment.format(new Date(when));
}
