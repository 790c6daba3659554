// The sign-in form.
import { byId, say } from "./dom.js";
import { Refused } from "./session.js";
import { t } from "./texts.js";

/** `entered()` is called when somebody has signed in. */
export function prepareDoor(session, entered) {
  const form = byId("sign-in");
  offerDemo(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const input = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await session.signIn(input);
      form.elements.password.value = form.elements.totpCode.value = "";
      say(byId("sign-in-say"), "");
      entered();
    } catch (error) {
      refuse(form, error);
    } finally {
      button.disabled = false;
    }
  });
}

function refuse(form, error) {
  const refused = error instanceof Refused;
  if (refused && error.code.startsWith("TOTP")) {
    byId("code-label").hidden = false;
    form.elements.totpCode.focus();
  }
  say(byId("sign-in-say"), refused ? t("signInFailed", error.message) : t("unreachable"));
}

/** In the demo the page comes with the accounts of those who watch. */
function offerDemo(form) {
  const accounts = JSON.parse(byId("accounts").textContent);
  if (accounts.length === 0) return;
  const select = byId("demo");
  select.append(new Option(t("choose"), ""));
  accounts.forEach(({ login, name }, n) => select.append(new Option(`${login} · ${name}`, String(n))));
  byId("demo-label").hidden = false;
  select.addEventListener("change", () => {
    const chosen = accounts[Number(select.value)];
    if (select.value === "") return;
    for (const field of ["organization", "login", "password"]) form.elements[field].value = chosen[field];
  });
}

/** Show the form, with a word on why. */
export function openDoor(why = "") {
  byId("wall").hidden = true;
  byId("door").hidden = false;
  byId("code-label").hidden = true;
  say(byId("sign-in-say"), why);
  byId("sign-in").elements.organization.focus();
}

export function closeDoor() {
  byId("door").hidden = true;
  byId("wall").hidden = false;
}
