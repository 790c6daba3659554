// Stills of cameras with their age. A picture that does not come leaves the one before; a dead camera says so.
import { now } from "./api.js";
import { CAMERAS } from "./documents.js";
import { Rows, byId, el, say } from "./dom.js";
import { Lookout } from "./lookout.js";
import { span, t, word } from "./texts.js";

const TILES = 6;
const LOOK_MS = 20_000; // links of pictures hold for minutes only
const THUMBNAIL = 320; // pixels of its longer side
const SOON_MS = 1500; // an alarm's picture is there a moment after it

export class CameraPanel {
  #cameras = [];
  lookout = new Lookout(() => this.#look(), SOON_MS, LOOK_MS);

  /** `ask(query)` reads over the connection as it is. */
  constructor(ask) {
    this.ask = ask;
    this.panel = byId("cameras");
    this.rows = new Rows(this.panel.querySelector("ul"), make, fill);
  }

  async #look() {
    this.#cameras = (await this.ask(CAMERAS)).cameras.nodes.map(withStill).sort(newestFirst);
    this.show();
  }

  clear() {
    this.#cameras = [];
    this.show();
  }

  show() {
    this.rows.show(this.#cameras.slice(0, TILES));
    const dead = this.#cameras.filter((camera) => camera.connection === "OFFLINE").length;
    const all = this.#cameras.length;
    say(this.panel.querySelector(".note"), dead ? t("camerasOffline", dead, all) : all ? t("camerasAll", all) : "");
  }
}

function withStill(camera) {
  const photos = camera.alarms.nodes.flatMap((alarm) => alarm.photos.nodes);
  return { ...camera, still: photos.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0] ?? null };
}

function newestFirst(a, b) {
  const [first, second] = [a, b].map((camera) => camera.still?.createdAt ?? "");
  return first === second ? a.name.localeCompare(b.name) : first < second ? 1 : -1;
}

function make() {
  const picture = el("img");
  picture.alt = "";
  picture.hidden = true;
  const frame = el("div", "frame", el("span", "empty"), picture, el("b", "dead-mark"));
  return el("li", "camera", frame, el("span", "name"), el("span", "age"));
}

function fill(tile, camera) {
  const [frame, name, age] = tile.children;
  const [empty, picture, mark] = frame.children;
  say(name, camera.name);
  say(empty, t("noStill"));
  say(mark, word("connection", "OFFLINE"));
  tile.classList.toggle("dead", camera.connection === "OFFLINE");
  say(age, camera.still ? t("ago", span((now() - Date.parse(camera.still.createdAt)) / 1000)) : "");
  if (camera.still && tile.dataset.still !== camera.still.id) load(tile, picture, camera.still);
}

/** Put the picture in when all of it is there. */
function load(tile, shown, still) {
  tile.dataset.still = still.id;
  const coming = new Image();
  coming.onload = () => {
    shown.src = coming.src;
    shown.hidden = false;
  };
  coming.onerror = () => delete tile.dataset.still; // the next look tries again
  const small = tile.clientWidth * devicePixelRatio <= THUMBNAIL;
  coming.src = new URL((small && still.thumbnailUrl) || still.url, location.href).href;
}
