// What is known, by id. A row gives way only to a newer `version`, so that order and repetition do not matter.
import { PASSAGES } from "./documents.js";

const OPEN = new Set(["CREATED", "ASSIGNED", "ACCEPTED", "EN_ROUTE", "IN_PROGRESS", "WAITING_FOR_PARTS", "REJECTED"]);
const SEVERITIES = ["CRITICAL", "MAJOR", "MINOR", "WARNING", "INFO"];
const MOST_ENDED = 500; // rows that have left the screen are remembered for their versions, so many of them

/** Which figure an open order counts in. */
export const GROUPS = {
  WAITING: ["CREATED", "REJECTED"],
  ASSIGNED: ["ASSIGNED"],
  ACCEPTED: ["ACCEPTED", "EN_ROUTE"],
  WORKING: ["IN_PROGRESS"],
  PARTS: ["WAITING_FOR_PARTS"],
};

const isActive = (alarm) => alarm.active;
const isOpen = (order) => OPEN.has(order.status);

export class Store {
  #alarms = new Map();
  #orders = new Map();
  #passages = new Map();
  #complete = { alarm: true, order: true }; // whether the snapshot had all there were
  #beyond = null; // how many open orders of each status the list has no row of, by the board; null: nobody knows

  /** Take a row of either kind, which had the status `from` before; whether it was news. */
  put(kind, row, from) {
    const rows = kind === "alarm" ? this.#alarms : this.#orders;
    const held = rows.get(row.id);
    if (held && held.version >= row.version) return false;
    if (kind === "order" && !held && this.#beyond?.[from] > 0) this.#beyond[from] -= 1; // it is shown from now on
    rows.set(row.id, row);
    forget(rows, kind === "alarm" ? isActive : isOpen);
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
    return this.#alarms.get(id);
  }

  /** Ids that are held now: what of them a snapshot asked for later lacks, has ended. */
  held() {
    return { alarm: [...this.#alarms.keys()], order: [...this.#orders.keys()] };
  }

  /** Take a snapshot that was asked for when `before` was held. */
  merge(snapshot, before) {
    this.#replace("alarm", this.#alarms, snapshot.alarms, before.alarm);
    this.#replace("order", this.#orders, snapshot.workOrders, before.order);
    this.#beyond = snapshot.workOrderBoard ? this.#unseen(snapshot.workOrderBoard.columns) : null;
    for (const passage of snapshot.accessEvents.nodes) this.pass(passage);
  }

  #unseen(columns) {
    if (this.#complete.order) return {};
    const shown = this.orders();
    const rest = ({ status, count }) => Math.max(0, count - shown.filter((order) => order.status === status).length);
    return Object.fromEntries(columns.map((column) => [column.status, rest(column)]));
  }

  #replace(kind, rows, { nodes, pageInfo }, before) {
    const there = new Set(nodes.map((row) => row.id));
    for (const row of nodes) this.put(kind, row);
    this.#complete[kind] = !pageInfo.hasNextPage;
    if (pageInfo.hasNextPage) return; // what is missing may be on the next page
    for (const id of before) if (!there.has(id)) rows.delete(id);
  }

  clear() {
    for (const rows of [this.#alarms, this.#orders, this.#passages]) rows.clear();
    this.#beyond = null;
  }

  /** Whether the list has all rows that there are. */
  complete(kind) {
    return this.#complete[kind];
  }

  /** Active ones: those that nobody has taken note of first, then the worst, then the newest. */
  alarms() {
    return [...this.#alarms.values()].filter(isActive).sort((a, b) =>
      a.acknowledged - b.acknowledged || rank(a) - rank(b) || newest(a.firstAt, b.firstAt));
  }

  /** Open ones, the urgent first, then the last changed. */
  orders() {
    return [...this.#orders.values()].filter(isOpen).sort((a, b) =>
      (b.priority === "URGENT") - (a.priority === "URGENT") || newest(a.updatedAt, b.updatedAt) || newest(a.id, b.id));
  }

  /** The newest first. */
  passages() {
    return [...this.#passages.values()].sort((a, b) => newest(a.occurredAt, b.occurredAt) || newest(a.id, b.id));
  }

  /** How many orders of a group are open: those that are shown, and those that only the board counts. */
  count(group) {
    const shown = this.orders().filter((order) => GROUPS[group].includes(order.status)).length;
    return GROUPS[group].reduce((sum, status) => sum + (this.#beyond?.[status] ?? 0), shown);
  }

  /** Whether `count` is of all that there are. */
  counted() {
    return this.#complete.order || this.#beyond !== null;
  }
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
