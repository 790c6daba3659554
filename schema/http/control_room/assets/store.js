// What is known, by id. A row gives way only to a newer `version`, so that order and repetition do not matter.
import { PASSAGES } from "./documents.js";

const OPEN = new Set(["CREATED", "ASSIGNED", "ACCEPTED", "EN_ROUTE", "IN_PROGRESS", "WAITING_FOR_PARTS", "REJECTED"]);
const DONE = "DONE"; // somebody has to look at it
const SEVERITIES = ["CRITICAL", "MAJOR", "MINOR", "WARNING", "INFO"];
const OVER = new Set(["MET", "MISSED", "CANCELLED"]); // of clocks
const HELD_UP = ["ESCALATED", "STUCK"]; // of dispatch: what waits for a person, the first of them first
const MOST_ENDED = 500; // rows that have left the screen are remembered for their versions, so many of them

/** Which figure an open order, or one that is done, counts in; and which column of the board it stands in. */
export const GROUPS = {
  WAITING: ["CREATED", "REJECTED"],
  ASSIGNED: ["ASSIGNED"],
  ACCEPTED: ["ACCEPTED", "EN_ROUTE"],
  WORKING: ["IN_PROGRESS"],
  PARTS: ["WAITING_FOR_PARTS"],
  CHECK: [DONE],
};

const isOpen = (order) => OPEN.has(order.status);
const STAYS = {
  alarm: (alarm) => alarm.active,
  order: (order) => isOpen(order) || order.status === DONE,
  clock: (clock) => !OVER.has(clock.state),
};

export class Store {
  #rows = { alarm: new Map(), order: new Map(), clock: new Map() };
  #passages = new Map();
  #complete = { alarm: true, order: true, done: true, clock: true }; // whether the snapshot had all there were
  #beyond = null; // how many orders of each status the list has no row of, by the board; null: nobody knows

  /** Take a row of some kind, an order with the status `from` that it had before; whether it was news. */
  put(kind, row, from) {
    const rows = this.#rows[kind];
    const held = rows.get(row.id);
    if (held && held.version >= row.version) return false;
    if (kind === "order" && !held && this.#beyond?.[from] > 0) this.#beyond[from] -= 1; // it is shown from now on
    rows.set(row.id, row);
    forget(rows, STAYS[kind]);
    return true;
  }

  /** Take somebody's passage; each is there once, and only the newest are kept. Whether it was news. */
  pass(passage) {
    if (this.#passages.has(passage.id)) return false;
    this.#passages.set(passage.id, passage);
    const oldest = this.passages().slice(PASSAGES);
    for (const { id } of oldest) this.#passages.delete(id);
    return !oldest.some(({ id }) => id === passage.id);
  }

  alarm(id) {
    return this.#rows.alarm.get(id);
  }

  order(id) {
    return this.#rows.order.get(id);
  }

  /** Ids that are held now: what of them a snapshot asked for later lacks, has ended. */
  held() {
    return Object.fromEntries(Object.entries(this.#rows).map(([kind, rows]) => [kind, [...rows.keys()]]));
  }

  /** Take a snapshot that was asked for when `before` was held. */
  merge(snapshot, before) {
    const { alarms, workOrders, done, dispatchQueue, slaClocks, workOrderBoard } = snapshot;
    this.#complete = {
      alarm: !alarms.pageInfo.hasNextPage,
      order: !workOrders.pageInfo.hasNextPage,
      done: !done.pageInfo.hasNextPage,
      clock: !slaClocks.pageInfo.hasNextPage,
    };
    this.#replace("alarm", alarms.nodes, before);
    this.#replace("order", [...workOrders.nodes, ...done.nodes, ...dispatchQueue.nodes], before);
    this.#replace("clock", slaClocks.nodes, before);
    this.#beyond = workOrderBoard ? this.#unseen(workOrderBoard.columns) : null;
    for (const passage of snapshot.accessEvents.nodes) this.pass(passage);
  }

  #unseen(columns) {
    const rest = ({ status, count }) => {
      if (this.#complete[status === DONE ? "done" : "order"]) return 0;
      return Math.max(0, count - this.#standing([status]).length);
    };
    return Object.fromEntries(columns.map((column) => [column.status, rest(column)]));
  }

  #replace(kind, nodes, before) {
    const rows = this.#rows[kind];
    const there = new Set(nodes.map((row) => row.id));
    for (const row of nodes) this.put(kind, row);
    for (const id of before[kind]) {
      const list = kind === "order" && !isOpen(rows.get(id) ?? {}) ? "done" : kind;
      if (!there.has(id) && this.#complete[list]) rows.delete(id); // otherwise it may be on the next page
    }
  }

  clear() {
    for (const rows of [...Object.values(this.#rows), this.#passages]) rows.clear();
    this.#beyond = null;
  }

  /** Whether the list has all rows that there are. */
  complete(kind) {
    return this.#complete[kind];
  }

  /** Active ones: those that nobody has taken note of first, then the worst, then the newest. */
  alarms() {
    return [...this.#rows.alarm.values()].filter(STAYS.alarm).sort((a, b) =>
      a.acknowledged - b.acknowledged || rank(a) - rank(b) || newest(a.firstAt, b.firstAt));
  }

  /** Open ones, or those of a group, each with its `clocks`: what is due next first, then the urgent, then the last changed. */
  orders(statuses = [...OPEN]) {
    const clocks = this.#clocks();
    const found = this.#standing(statuses).map((order) => ({ ...order, clocks: clocks.of(order) }));
    return found.sort((a, b) =>
      newest(due(b), due(a)) || (b.priority === "URGENT") - (a.priority === "URGENT") ||
      newest(a.updatedAt, b.updatedAt) || newest(a.id, b.id));
  }

  /** What waits for a person to give it to somebody: what nobody accepted first, then the oldest. */
  queue() {
    const held = this.orders().filter((order) => HELD_UP.includes(order.dispatchState));
    const place = (order) => HELD_UP.indexOf(order.dispatchState);
    return held.sort((a, b) => place(a) - place(b) || newest(b.createdAt, a.createdAt));
  }

  /** Orders that are open and late. */
  late() {
    return this.orders().filter((order) => order.clocks.some((clock) => clock.state === "BREACHED"));
  }

  /** The order that a clock is about; of a ticket's the first one. */
  orderOf(clock) {
    return [...this.#rows.order.values()].find((order) => isOf(clock, order));
  }

  #standing(statuses) {
    return [...this.#rows.order.values()].filter((order) => statuses.includes(order.status));
  }

  /** The clocks that are not over, by what they are about. */
  #clocks() {
    const by = new Map();
    for (const clock of [...this.#rows.clock.values()].filter(STAYS.clock)) {
      const key = clock.ticket?.id ?? clock.workOrder?.id;
      by.set(key, [...(by.get(key) ?? []), clock]);
    }
    const waits = (clock) => clock.state === "PAUSED"; // due nobody knows when
    const first = (a, b) => waits(a) - waits(b) || newest(b.dueAt, a.dueAt);
    return { of: (order) => [...(by.get(order.ticket?.id) ?? []), ...(by.get(order.id) ?? [])].sort(first) };
  }

  /** The newest first. */
  passages() {
    return [...this.#passages.values()].sort((a, b) => newest(a.occurredAt, b.occurredAt) || newest(a.id, b.id));
  }

  /** How many orders of a group there are: those that are shown, and those that only the board counts. */
  count(group) {
    const shown = this.#standing(GROUPS[group]).length;
    return GROUPS[group].reduce((sum, status) => sum + (this.#beyond?.[status] ?? 0), shown);
  }

  /** Whether `count` is of all that there are. */
  counted() {
    return (this.#complete.order && this.#complete.done) || this.#beyond !== null;
  }
}

function isOf(clock, order) {
  return clock.ticket ? clock.ticket.id === order.ticket?.id : clock.workOrder?.id === order.id;
}

/** When an order is due next; one that waits, or has no clock, after all others. */
function due({ clocks: [clock] }) {
  return clock && clock.state !== "PAUSED" ? clock.dueAt : "~";
}

function rank(alarm) {
  return SEVERITIES.indexOf(alarm.severity);
}

function newest(a, b) {
  return a < b ? 1 : a > b ? -1 : 0;
}

/** The oldest of what has ended go, beyond MOST_ENDED. A Map keeps the order of first insertion. */
function forget(rows, stays) {
  const ended = [...rows.values()].filter((row) => !stays(row));
  for (const row of ended.slice(0, Math.max(0, ended.length - MOST_ENDED))) rows.delete(row.id);
}
