// Puts the parts together. Everything shown comes from the public API; nothing is asked of another host.
import { AlarmPanel } from "./alarms.js";
import { ask, now, problemOf } from "./api.js";
import { BoardPanel, QueuePanel } from "./board.js";
import { CameraPanel } from "./cameras.js";
import { CrewPanel } from "./crew.js";
import { ACKNOWLEDGE, PLACES } from "./documents.js";
import { byId, say, setZone, time } from "./dom.js";
import { closeDoor, openDoor, prepareDoor } from "./door.js";
import { Live } from "./live.js";
import { Figures, GatePanel, OrderPanel } from "./panels.js";
import { Session } from "./session.js";
import { chime, prepareSound } from "./sound.js";
import { showStatus } from "./status.js";
import { Store } from "./store.js";
import { Story } from "./story.js";
import { t, word } from "./texts.js";
import { prepareViews } from "./views.js";

const PLACE = "wuye.control-room.place"; // which Property this wall watches: no secret, and kept over days
const TICK_MS = 1000;
const TOAST_MS = 8000;

const store = new Store();
const session = new Session({ renewed: () => live.link.renew(), ended: () => leave(t("signInAgain")) });
const live = new Live(store, session, {
  changed,
  state: () => showStatus(live),
  news: (name, event) => NEWS[name]?.(event),
  presence: () => crew.lookout.soon(),
  place: arrive,
  refused: (name) => name !== "clock" && permit(name, false, false), // orders without clocks are orders still
  ended: () => leave(t("signInAgain")),
});
const figures = new Figures(store);
const alarms = new AlarmPanel(store, acknowledge);
const orders = new OrderPanel(store);
const gates = new GatePanel(store);
const here = (query) => live.link.ask(query, { property: byId("place").value });
const cameras = new CameraPanel(here);
const crew = new CrewPanel(store, here);
const story = new Story(store, (query, variables) => live.link.ask(query, variables), toast);
const board = new BoardPanel(store, (id) => story.open(id));
const queue = new QueuePanel(store, (id) => story.open(id));
const READS = {
  alarm: "ALARM_READ", order: "WORK_ORDER_READ", passage: "ACCESS_EVENT_READ", presence: "ROSTER_READ",
};
const WORK = [orders, board, queue];
const PANELS = { alarm: [alarms], order: WORK, clock: WORK, passage: [gates], presence: [crew] }; // by what they are of
const NEWS = { alarm: announce, order: announceHeld, clock: announceLate };

// ---- painting: once a frame, however much has come ------------------------------------------------------------------

const waiting = new Set();
let painting = 0;

function changed(names) {
  for (const name of names) waiting.add(name);
  paintSoon();
}

function paintSoon() {
  painting ||= requestAnimationFrame(paint);
}

function paint() {
  painting = 0;
  for (const panel of new Set([...waiting].flatMap((name) => PANELS[name]))) panel.show();
  if (waiting.has("order")) crew.show(); // who has how many
  if (waiting.has("order") || waiting.has("clock")) story.show();
  waiting.clear();
  figures.show();
}

/** Once a second: the clock, ages, and how fresh the screen is. */
function tick() {
  if (byId("wall").hidden) return;
  say(byId("clock"), time(now()));
  showStatus(live);
  for (const panel of [alarms, ...WORK, cameras, figures]) panel.show();
}

// ---- what happens ---------------------------------------------------------------------------------------------------

/** The snapshot says what is watched, and what this account may do there. */
function arrive(property, permissions) {
  setZone(property.timeZone);
  alarms.permit(permissions.includes("ALARM_HANDLE"));
  for (const [name, needed] of Object.entries(READS)) permit(name, permissions.includes(needed));
  document.title = `${t("title")} · ${property.name}`;
  cameras.lookout.now();
  crew.lookout.now();
}

/** An empty list that this account may not read says so, instead of looking calm. */
function permit(name, permitted, heard = true) {
  for (const { panel } of PANELS[name]) {
    panel.classList.toggle("refused", !heard);
    const empty = panel.querySelector(".empty");
    say(empty, t(permitted ? empty.dataset.text : "notYours"));
  }
}

/** Tell ears what eyes see: critical ones at once and with a tone, the others when it is quiet. */
function announce({ change, alarm }) {
  if (alarm.camera) cameras.lookout.soon();
  if (!["RAISED", "ESCALATED"].includes(change) || !alarm.active || alarm.acknowledged) return;
  const critical = alarm.severity === "CRITICAL";
  say(byId(critical ? "say-loud" : "say"), t("newAlarm", word("severity", alarm.severity), alarm.summary));
  if (critical) chime();
}

function announceHeld({ change, workOrder }) {
  if (change === "ESCALATED") say(byId("say"), t("newHeld", workOrder.summary));
}

function announceLate({ change, slaClock }) {
  const order = change === "BREACHED" && store.orderOf(slaClock);
  if (order) say(byId("say"), t("newLate", order.summary));
}

let toastTimer = 0;

function toast(text) {
  say(byId("toast"), text);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => say(byId("toast"), ""), TOAST_MS);
}

/** A key of its own for each press; randomUUID is for https alone. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Take note of an alarm; what another has done meanwhile is shown, not overwritten. */
async function acknowledge(alarm) {
  try {
    const token = await session.token();
    const variables = { id: alarm.id, input: { expectedVersion: alarm.version } };
    const answer = await ask(ACKNOWLEDGE, variables, { token, key: newKey() });
    const problem = problemOf(answer, "alarmAcknowledge");
    const current = answer.data?.alarmAcknowledge?.alarm;
    if (current && store.put("alarm", current)) figures.show();
    if (problem) toast(problem.message);
  } catch {
    toast(t("notSent", alarm.summary));
  }
}

// ---- coming and going -----------------------------------------------------------------------------------------------

async function enter() {
  let places;
  try {
    const token = await session.token();
    if (token === null) return openDoor(t("signInAgain"));
    const answer = await ask(PLACES, {}, { token });
    if (answer.errors?.[0]?.extensions?.code === "UNAUTHENTICATED") return leave(t("signInAgain"));
    places = answer.data.properties.nodes;
  } catch {
    return leave(t("unreachable"));
  }
  if (places.length === 0) return leave(t("noPlace"));
  const select = byId("place");
  select.replaceChildren(...places.map(({ id, name }) => new Option(name, id)));
  const kept = localStorage.getItem(PLACE);
  if (places.some(({ id }) => id === kept)) select.value = kept;
  setZone(places.find(({ id }) => id === select.value).timeZone);
  closeDoor();
  watch();
}

function watch() {
  localStorage.setItem(PLACE, byId("place").value);
  for (const panel of [cameras, crew]) panel.clear();
  live.watch(byId("place").value);
  changed(Object.keys(PANELS));
  tick();
}

function leave(why = "") {
  live.stop();
  story.close();
  session.signOut();
  store.clear();
  openDoor(why);
}

for (const element of document.querySelectorAll("[data-text]")) say(element, t(element.dataset.text));
setZone("Asia/Shanghai"); // until a Property says its own
prepareSound();
prepareViews();
prepareDoor(session, enter);
byId("place").setAttribute("aria-label", t("title"));
byId("place").addEventListener("change", watch);
byId("sign-out").addEventListener("click", () => leave());
setInterval(tick, TICK_MS);
if (session.restore()) enter();
else openDoor();
