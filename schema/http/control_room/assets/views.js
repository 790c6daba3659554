// The two views of the wall: what is watched, and the work. Each wall keeps its own.
import { byId } from "./dom.js";
import { t } from "./texts.js";

const VIEW = "wuye.control-room.view"; // no secret, and kept over days
const VIEWS = ["watch", "work"];

/** Tabs: arrows move between them, the keys 1 and 2 choose one from anywhere. */
export function prepareViews() {
  const tabs = VIEWS.map((view) => byId(`view-${view}`));
  byId("views").setAttribute("aria-label", t("views"));
  const choose = (view) => {
    localStorage.setItem(VIEW, view);
    byId("wall").dataset.view = view;
    tabs.forEach((tab, n) => {
      tab.setAttribute("aria-selected", String(VIEWS[n] === view));
      tab.tabIndex = VIEWS[n] === view ? 0 : -1;
    });
  };
  tabs.forEach((tab, n) => {
    tab.addEventListener("click", () => choose(VIEWS[n]));
    tab.addEventListener("keydown", ({ key }) => {
      if (key !== "ArrowLeft" && key !== "ArrowRight") return;
      const next = (n + 1) % VIEWS.length; // there are two: either way leads to the other
      choose(VIEWS[next]);
      tabs[next].focus();
    });
  });
  addEventListener("keydown", ({ key, target, ctrlKey, altKey, metaKey }) => {
    if (ctrlKey || altKey || metaKey || byId("wall").hidden || target.closest?.("input, select, dialog")) return;
    const view = VIEWS[Number(key) - 1];
    if (view) choose(view);
  });
  const kept = localStorage.getItem(VIEW);
  choose(VIEWS.includes(kept) ? kept : VIEWS[0]);
}
