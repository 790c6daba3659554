// How fresh the screen is, always said: live, behind since when, coming back.
import { byId, say, time } from "./dom.js";
import { now } from "./api.js";
import { span, t } from "./texts.js";

const QUIET_SECONDS = 12; // without a sign of life: no longer "live", whatever else is believed

/** The words for the state of `live` at this moment: {state, word, detail}. */
export function describe(live) {
  const silence = live.link.heardAt ? (Date.now() - live.link.heardAt) / 1000 : 0;
  if (live.state === "loading") return { state: "loading", word: t("loading"), detail: "" };
  if (live.state === "live" && silence <= QUIET_SECONDS) {
    return { state: "live", word: t("live"), detail: t("heardAgo", span(silence)) };
  }
  const since = live.behindSince ?? live.link.heardAt;
  const moment = time(since + now() - Date.now());
  const behind = t("behindSince", moment);
  if (live.state === "reconnecting") {
    const tries = live.link.attempt > 1 ? ` · ${t("attempt", live.link.attempt)}` : "";
    return { state: "reconnecting", word: t("reconnecting"), detail: behind + tries };
  }
  return { state: "behind", word: t("behind"), detail: live.reason === "database" ? t("databaseSilent", moment) : behind };
}

/** Show it, and frame the whole wall in its colour when it is not live. */
export function showStatus(live) {
  const { state, word, detail } = describe(live);
  byId("status").dataset.state = state;
  byId("wall").dataset.state = state;
  say(byId("status-word"), word);
  say(byId("status-detail"), detail);
}
