// Who watches: tokens in memory. sessionStorage holds them only while the page is being loaded again.
import { ask, now, problemOf } from "./api.js";
import { REFRESH, SIGN_IN, SIGN_OUT } from "./documents.js";

const STORE = "wuye.control-room";
const KEPT_MS = 10 * 60_000; // what lies longer between two loads of the page is not taken up
const RETRY_MS = 3000;

/** A refusal by the server; `code` is of its ErrorCode. */
export class Refused extends Error {
  constructor({ code, message }) {
    super(message);
    this.code = code;
  }
}

export class Session {
  #tokens = null; // {token, refreshToken, expires: ms of the server's clock, account}
  #timer = 0;
  #renewing = null; // one at a time: a refresh token is used once

  /** `renewed()` is called with each new token after the first, `ended()` when there will be none. */
  constructor({ renewed, ended }) {
    this.renewed = renewed;
    this.ended = ended;
    addEventListener("pagehide", () => this.#keep());
    addEventListener("pageshow", () => sessionStorage.removeItem(STORE));
  }

  get account() {
    return this.#tokens?.account ?? null;
  }

  /** Take up what the page held before it was loaded again; whether there was something. */
  restore() {
    const kept = JSON.parse(sessionStorage.getItem(STORE) ?? "null");
    sessionStorage.removeItem(STORE);
    if (!kept || Date.now() - kept.at > KEPT_MS) return false;
    this.#set(kept.tokens);
    return true;
  }

  /** Raises Refused, or an error of the network. */
  async signIn(input) {
    const answer = await ask(SIGN_IN, { input });
    const problem = problemOf(answer, "accountSignIn");
    if (problem) throw new Refused(problem);
    this.#take(answer.data.accountSignIn, input.login);
  }

  signOut() {
    const token = this.#tokens?.token;
    this.#end();
    if (token) ask(SIGN_OUT, {}, { token }).catch(() => {}); // it ends by itself too
  }

  /** A token that holds now; null when the session is over. Waits for the server when a new one is due. */
  async token() {
    if (this.#tokens && this.#tokens.expires - now() < 1000) await this.renew();
    return this.#tokens?.token ?? null;
  }

  /** Get the next token; those who ask at once share it. Whether there is one. */
  renew() {
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  async #renew() {
    const { refreshToken, account } = this.#tokens ?? {};
    while (refreshToken && this.#tokens?.refreshToken === refreshToken) {
      try {
        const answer = await ask(REFRESH, { input: { refreshToken } });
        const problem = problemOf(answer, "sessionRefresh");
        if (!problem && this.#tokens) {
          this.#take(answer.data.sessionRefresh, account);
          this.renewed();
          return true;
        }
        if (!problem || problem.code === "UNAUTHENTICATED") break;
      } catch {
        // no answer: the server is away
      }
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
    if (this.#tokens?.refreshToken === refreshToken && this.#tokens) {
      this.#end();
      this.ended();
    }
    return this.#tokens !== null;
  }

  #take({ token, refreshToken, expiresAt }, account) {
    this.#set({ token, refreshToken, expires: Date.parse(expiresAt), account });
  }

  #set(tokens) {
    this.#tokens = tokens;
    clearTimeout(this.#timer);
    const left = tokens.expires - now(); // with a fifth of its life left, at most a minute before its end
    this.#timer = setTimeout(() => this.renew(), Math.max(0, left - Math.min(60_000, left / 5)));
  }

  #end() {
    clearTimeout(this.#timer);
    this.#tokens = null;
  }

  #keep() {
    if (this.#tokens) sessionStorage.setItem(STORE, JSON.stringify({ at: Date.now(), tokens: this.#tokens }));
  }
}
