// Keeps a connection: comes back after each end, with a pause that grows, and follows its streams by cursor.
import { Connection, refusal } from "./socket.js";

const PING_MS = 5000;
const SILENT_MS = 10_000; // without an answer to a ping: the line is dead, whatever TCP believes
const FIRST_MS = 250;
const LONGEST_MS = 5000; // walls are few: they may ask often
const CROWDED_MS = 30_000; // 4429: this account has too many sockets
const GOOD_MS = 5000; // so long up, and the next pause begins small again
const SIGN_IN_AGAIN = 4401;
const TOKEN_ENDED = 4403;
const CROWDED = 4429;
// Errors of one operation that asking again would not mend.
const FINAL = new Set(["FORBIDDEN", "GRAPHQL_VALIDATION_FAILED", "NOT_FOUND", "BAD_REQUEST"]);
// The cursor leads nowhere: pruned, or of a database that was put back to an earlier day.
const GONE = new Set(["RESUME_GONE", "BAD_USER_INPUT"]);

export class Link {
  #connection = null;
  #streams = new Map(); // by name: {query, variables, cursor, refused}
  #timer = 0;
  #pinger = 0;
  #pinged = 0;
  #wanted = false;
  #opening = 0; // which attempt is the one that counts
  #since = 0;
  attempt = 0;
  heardAt = 0; // our own clock, ms

  /**
   * `hooks`: token() gives a token or null; renew() another one after 4401, or false; up() when streams are followed;
   * down(planned); next(name, event); missed() when the server could not tell an event; gone() when a cursor is too old;
   * refused(name); ended() when nobody is signed in.
   */
  constructor(url, locale, hooks) {
    this.url = url.replace(/^http/, "ws");
    this.locale = locale;
    this.hooks = hooks;
    addEventListener("online", () => this.#wanted && !this.#connection && this.#open());
  }

  start() {
    this.#wanted = true;
    this.#open();
  }

  stop() {
    this.#wanted = false;
    this.#opening += 1;
    clearTimeout(this.#timer);
    this.#streams.clear();
    this.#connection?.close(1000, "done");
  }

  /** Come back with the newest token; cursors are kept. */
  renew() {
    if (!this.#connection) return;
    this.attempt = 0;
    this.#connection.close(TOKEN_ENDED, "a newer token");
  }

  /** Follow a stream from behind `cursor`; over each reconnection from behind what was heard last. */
  follow(name, query, variables, cursor) {
    this.#connection?.complete(name);
    this.#streams.set(name, { query, variables, cursor, refused: false });
    if (this.#connection?.ready) this.#subscribe(name);
  }

  /** A query over the connection as it is; throws when there is none. */
  async ask(query, variables, seconds = 10) {
    if (!this.#connection?.ready) throw new Error("no connection");
    return this.#connection.ask(query, variables, seconds);
  }

  async #open() {
    clearTimeout(this.#timer);
    const mine = ++this.#opening;
    const token = await this.hooks.token();
    if (mine !== this.#opening || !this.#wanted) return;
    if (token === null) return this.hooks.ended();
    this.#connection = new Connection(this.url, { token, locale: this.locale }, {
      ready: () => this.#up(),
      heard: () => (this.heardAt = Date.now()),
      cursors: (byId) => this.#advance(byId),
      closed: (code, reason) => this.#down(code, reason),
    });
  }

  #up() {
    this.#since = Date.now();
    this.#pinged = 0;
    this.#pinger = setInterval(() => this.#ping(), PING_MS);
    for (const name of this.#streams.keys()) this.#subscribe(name);
    this.hooks.up();
  }

  #ping() {
    if (this.#pinged && this.heardAt < this.#pinged) {
      if (Date.now() - this.#pinged > SILENT_MS) this.#connection.close(4499, "silent");
      return;
    }
    this.#pinged = Date.now();
    this.#connection.ping();
  }

  #subscribe(name) {
    const stream = this.#streams.get(name);
    if (stream.refused) return;
    this.#connection.subscribe(name, stream.query, { ...stream.variables, after: stream.cursor }, {
      next: ({ data, errors }) => this.#next(name, stream, data?.event, errors),
      error: (errors) => this.#failed(name, stream, refusal(errors)),
      complete: () => this.#connection?.close(4499, "a stream ended"),
    });
  }

  #next(name, stream, event, errors) {
    if (!event) return this.#failed(name, stream, refusal(errors), true);
    this.hooks.next(name, event);
    stream.cursor = event.cursor; // after it was taken: what fails half-way comes again
  }

  /** What `goesOn` failed on one event alone. */
  #failed(name, stream, error, goesOn = false) {
    if (this.#streams.get(name) !== stream) return;
    if (GONE.has(error.code)) this.hooks.gone();
    else if (FINAL.has(error.code)) {
      stream.refused = true;
      this.hooks.refused(name);
    } else if (goesOn) this.hooks.missed(); // asked again from the same cursor, it would fail again
    else this.#connection?.close(4499, error.message); // the server's trouble: come back later
  }

  #advance(byId) {
    for (const [name, cursor] of Object.entries(byId)) {
      const stream = this.#streams.get(name);
      if (stream) stream.cursor = cursor;
    }
  }

  async #down(code) {
    clearInterval(this.#pinger);
    this.#connection = null;
    if (Date.now() - this.#since > GOOD_MS) this.attempt = 0;
    this.#since = Infinity;
    if (!this.#wanted) return;
    this.hooks.down(code === TOKEN_ENDED);
    const mine = ++this.#opening;
    if (code === SIGN_IN_AGAIN && !(await this.hooks.renew())) return;
    if (mine !== this.#opening || !this.#wanted) return;
    this.#timer = setTimeout(() => this.#open(), this.#pause(code));
    this.attempt += 1;
  }

  #pause(code) {
    if (code === TOKEN_ENDED && this.attempt === 0) return 0;
    const longest = code === CROWDED ? CROWDED_MS : Math.min(FIRST_MS * 2 ** this.attempt, LONGEST_MS);
    return longest * (0.5 + Math.random() / 2);
  }
}
