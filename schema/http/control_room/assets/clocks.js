// A clock of a service level: its kind, how it stands and when it is due, by colour and in words.
import { now } from "./api.js";
import { day, say, shortTime } from "./dom.js";
import { span, word } from "./texts.js";

/** Write a clock into an element, which is hidden when there is none. `whole`: another day's with its hour, too. */
export function showClock(element, clock, whole = false) {
  element.hidden = !clock;
  if (!clock) return;
  element.dataset.state = clock.state;
  say(element, `${word("clock", clock.kind)} ${word("clockState", clock.state)} ${when(clock, whole)}`.trim());
}

/** Late since, or due at: today's by the hour. What waits is due nobody knows when. */
function when({ state, dueAt }, whole) {
  if (state === "PAUSED") return "";
  if (state === "BREACHED") return span((now() - Date.parse(dueAt)) / 1000);
  if (day(dueAt) === day(now())) return shortTime(dueAt);
  return whole ? `${day(dueAt)} ${shortTime(dueAt)}` : day(dueAt);
}
