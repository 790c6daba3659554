// GraphQL over HTTP: what a guard does, and signing in. What is read comes over the socket.
import { LOCALE } from "./texts.js";

export const GRAPHQL_URL = new URL("graphql", location.href).href;
const TIMEOUT_MS = 12_000;

let skew = 0; // the server's clock minus ours, in ms: a wall's own clock may be wrong

/** The server's time in ms, as far as its answers have told. */
export function now() {
  return Date.now() + skew;
}

function learnTime(response) {
  const told = Date.parse(response.headers.get("date") ?? "");
  // The header has whole seconds and is older than the answer: a difference below two seconds is none.
  if (told && Math.abs(told - Date.now()) > 2000) skew = told - Date.now();
  else if (told) skew = 0;
}

/** Ask once; throws when there is no answer of GraphQL. `key` makes a mutation safe to send again. */
export async function ask(query, variables, { token = null, key = null } = {}) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "Accept-Language": LOCALE };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (key) headers["Idempotency-Key"] = key;
  const body = JSON.stringify({ query, variables });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(GRAPHQL_URL, { method: "POST", headers, body, signal, credentials: "omit" });
  learnTime(response);
  return response.json();
}

/** What went wrong in an answer to a mutation, as {code, message}; null when nothing did. */
export function problemOf(answer, field) {
  const error = answer.errors?.[0];
  if (error) return { code: error.extensions?.code ?? "INTERNAL_SERVER_ERROR", message: error.message };
  return answer.data?.[field]?.userErrors?.[0] ?? null;
}
