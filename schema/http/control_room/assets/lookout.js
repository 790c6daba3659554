// Looks again: by the clock, or soon after somebody asked, once for all who ask within a moment. Who goes on asking does
// not put it off, and does not make it look without end.

const APART_MS = 8000; // on average, when asked: all three lookouts cost less in a minute than an account may ask for
const SOONER = 4; // so many looks may come sooner than that

export class Lookout {
  #timer = 0;
  #due = Infinity; // when it looks next; these are times of performance.now(), which nobody sets
  #fair = -Infinity; // who asks has his look from then on
  #looking = false;
  #asked = false; // while it looked: what it finds may be too old

  /** `look()` reads and shows; it may give the ms after which it wants to look again, otherwise those are `everyMs`. */
  constructor(look, soonMs, everyMs = Infinity) {
    this.look = look;
    this.soonMs = soonMs;
    this.everyMs = everyMs;
  }

  /** Whether what is looked at now may be too old already; it will look once more. */
  get asked() {
    return this.#asked;
  }

  async now() {
    this.stop();
    if (this.#looking) return this.soon();
    this.#looking = true;
    let again;
    try {
      again = await this.look();
    } catch {
      // the banner says what is wrong; what is shown stays
    }
    this.#looking = false;
    if (this.#asked) this.soon();
    this.#by(performance.now() + (again ?? this.everyMs));
  }

  soon() {
    this.#asked = this.#looking;
    const at = Math.max(performance.now() + this.soonMs, this.#fair);
    if (this.#looking || at >= this.#due) return;
    this.#fair = Math.max(this.#fair, at - SOONER * APART_MS) + APART_MS;
    this.#by(at);
  }

  /** Nothing that was asked for comes any more. */
  stop() {
    clearTimeout(this.#timer);
    this.#due = Infinity;
    this.#asked = false;
  }

  #by(time) {
    if (time >= this.#due) return; // it looks before that
    clearTimeout(this.#timer);
    this.#due = time;
    this.#timer = setTimeout(() => this.now(), time - performance.now());
  }
}
