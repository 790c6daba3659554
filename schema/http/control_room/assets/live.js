// Snapshot, then what follows it: brings the store up to date and says how far behind it is.
import { GRAPHQL_URL } from "./api.js";
import { LIVE_CURSOR, SNAPSHOT, STREAMS } from "./documents.js";
import { Link } from "./link.js";
import { Lookout } from "./lookout.js";
import { LOCALE } from "./texts.js";

const AGAIN_MS = 5000; // after a snapshot that failed: a minute of them costs less than an account may ask for
const SOON_MS = 300;
const PROBE_MS = 10_000; // how often the server shows that its database answers, too
const PROBE_SECONDS = 8;

const NODES = { alarm: "alarm", order: "workOrder", clock: "slaClock", passage: "accessEvent" };

/**
 * States: loading (nothing yet), live, behind (the socket is up, the screen is not what the server has), reconnecting.
 * `hooks`: changed(names) when rows changed; state(); news(name, event) for what is news; place(property, permissions);
 * presence() when somebody came or went; refused(name) for a stream that this account may not hear; ended() when
 * nobody is signed in any more.
 */
export class Live {
  state = "loading";
  reason = "";
  #behind = null; // since when, our clock
  #proven = 0; // when the database was last known to answer, our clock
  #property = null;
  #snapshots = 0; // the newest counts
  #lookout = new Lookout(() => this.#snapshot(), SOON_MS);
  #followed = false; // whether the streams have a cursor

  constructor(store, session, hooks) {
    this.store = store;
    this.hooks = hooks;
    this.link = new Link(GRAPHQL_URL, LOCALE, {
      token: () => session.token(),
      renew: () => session.renew(),
      up: () => this.#lookout.now(),
      down: (planned) => this.#lost(planned),
      next: (name, event) => this.#take(name, event),
      missed: () => this.#missed(),
      gone: () => this.#again(),
      refused: (name) => hooks.refused(name),
      ended: () => hooks.ended(),
    });
    setInterval(() => this.#probe(), PROBE_MS);
  }

  /** Watch a Property from now on. */
  watch(property) {
    this.stop();
    this.store.clear();
    this.#property = property;
    this.#followed = false;
    this.#set("loading");
    this.link.start();
  }

  stop() {
    this.#snapshots += 1;
    this.#lookout.stop();
    this.#property = null;
    this.#behind = null;
    this.link.stop();
  }

  /** Since when the screen may not be what the server has (our clock, ms); null while it is. */
  get behindSince() {
    return this.#behind;
  }

  #set(state, reason = "") {
    if (state === "live" || state === "loading") this.#behind = null;
    else this.#behind ??= (reason === "database" ? this.#proven : this.link.heardAt) || Date.now();
    if (state === this.state && reason === this.reason) return;
    this.state = state;
    this.reason = reason;
    this.hooks.state();
  }

  #lost(planned) {
    this.#snapshots += 1; // an answer that is still under way is of the connection before
    this.#lookout.stop();
    if (planned && this.state === "live") return; // a new token: back in a moment, or the next `down` says so
    if (this.state !== "loading") this.#set("reconnecting");
    this.hooks.state();
  }

  /** A cursor is too old: the streams begin anew behind a new snapshot. */
  #again() {
    this.#followed = false;
    this.#missed();
  }

  /** Only a new snapshot has what happened. */
  #missed() {
    this.#set("behind");
    this.#lookout.soon();
  }

  /** Over each new connection: the streams resume by themselves; the snapshot says when the screen has caught up. */
  async #snapshot() {
    const mine = ++this.#snapshots;
    if (this.state === "reconnecting") this.#set("behind");
    const before = this.store.held();
    try {
      const found = await this.link.ask(SNAPSHOT, { property: this.#property });
      if (mine !== this.#snapshots) return;
      if (!found.property) throw new Error("the property is not in sight");
      this.hooks.place(found.property, found.viewer.permissions);
      this.store.merge(found, before);
      if (!this.#followed) this.#follow(found.property.liveCursor);
      this.hooks.changed(Object.keys(NODES));
      this.#proven = Date.now();
      if (!this.#lookout.asked) this.#set("live");
    } catch (error) {
      if (mine !== this.#snapshots) return;
      this.#set(this.state === "loading" ? "loading" : "behind", error.message);
      return AGAIN_MS;
    }
  }

  #follow(cursor) {
    this.#followed = true;
    for (const [name, query] of Object.entries(STREAMS)) {
      this.link.follow(name, query, { property: this.#property }, cursor);
    }
  }

  #take(name, event) {
    if (name === "presence") return this.hooks.presence();
    const row = event[NODES[name]];
    if (!row) return this.#lookout.soon(); // gone, or out of sight by now: the event does not say which row it was
    const news = name === "passage" ? this.store.pass(row) : this.store.put(name, row, event.fromStatus);
    if (!news) return;
    this.hooks.news(name, event);
    this.hooks.changed([name]);
  }

  /** A socket may be up while nothing comes because the database behind it is away: ask. */
  async #probe() {
    if (!this.#property || (this.state !== "live" && this.reason !== "database")) return;
    const property = this.#property;
    const asked = Date.now();
    try {
      await this.link.ask(LIVE_CURSOR, { property }, PROBE_SECONDS);
      if (property !== this.#property) return;
      if (this.reason === "database") this.#lookout.now();
      else this.#proven = Date.now();
    } catch {
      if (this.link.heardAt < asked) return; // nothing comes at all: that is not the database, and the link notices
      if (property === this.#property && this.state === "live") this.#set("behind", "database");
    }
  }
}
