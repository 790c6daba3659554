"use strict";
// The page around GraphiQL: who is signed in, the examples, and how requests and subscriptions reach the server.
// No framework but React's createElement for the one mount; no build step.
(() => {
  const HTTP_URL = location.origin + location.pathname;
  const SOCKET_URL = HTTP_URL.replace(/^http/, "ws");
  const ASSETS_URL = document.currentScript.src;
  const STORE = "wuye.session";
  const OTHER = "other";

  const SIGN_IN = `mutation SignIn($input: AccountSignInInput!) {
    accountSignIn(input: $input) { token refreshToken expiresAt account { id login } userErrors { code message field } }
  }`;
  const REFRESH = `mutation Refresh($input: SessionRefreshInput!) {
    sessionRefresh(input: $input) { token refreshToken expiresAt userErrors { code message field } }
  }`;
  const SIGN_OUT = "mutation SignOut { accountSignOut { userErrors { code message field } } }";
  const VIEWER = `query Viewer {
    viewer { account { id login } person { id name } staff { id name } organization { id name } roles properties { id name } }
  }`;

  const $ = (id) => document.getElementById(id);
  const accounts = JSON.parse($("accounts").textContent);

  // ---- the session: a token in this tab's sessionStorage -------------------------------------------------------

  let session = restore(); // {token, name, roles, account: index into accounts or null, property} or null
  let refreshToken = null; // in memory only: what lies in a store outlives the page, and buys tokens for a month
  let refreshing = null; // one at a time: a refresh token is used once
  let attempt = 0; // the newest sign-in wins when the switcher is used quickly

  function restore() {
    try {
      return JSON.parse(sessionStorage.getItem(STORE));
    } catch {
      return null;
    }
  }

  function keep(next) {
    session = next;
    if (next) sessionStorage.setItem(STORE, JSON.stringify(next));
    else sessionStorage.removeItem(STORE);
    restartSocket();
    show();
  }

  async function post(body, { token = session?.token, headers = {} } = {}) {
    const response = await fetch(HTTP_URL, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`The server answered ${response.status}: ${text.slice(0, 300) || response.statusText}`);
    }
  }

  async function signIn(credentials, account = null) {
    const mine = ++attempt;
    const previous = session?.token;
    say("Signing in …");
    try {
      const answer = await post({ query: SIGN_IN, operationName: "SignIn", variables: { input: credentials } }, { token: null });
      const payload = answer.data?.accountSignIn;
      const refusal = answer.errors?.[0] ?? payload?.userErrors?.[0];
      if (refusal || !payload?.token) throw new Error(refusal?.message ?? "The server gave no token");
      if (mine !== attempt) return end(payload.token);
      if (previous) end(previous);
      refreshToken = payload.refreshToken;
      keep({ token: payload.token, account, name: credentials.login, roles: [], property: null });
      await loadViewer();
      bridge.schema?.introspect();
    } catch (error) {
      if (mine === attempt) show(`Sign-in failed: ${error.message}`);
    }
  }

  /** End a session on the server; the page does not wait for it. */
  function end(token) {
    post({ query: SIGN_OUT, operationName: "SignOut" }, { token }).catch(() => {});
  }

  /** The next token, when `stale` has run out; null when the session is over. Requests that fail at once share one. */
  function renew(stale) {
    if (session?.token !== stale) return Promise.resolve(session?.token ?? null);
    refreshing ??= buyTokens().finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  async function buyTokens() {
    if (!refreshToken) return null;
    const mine = session;
    const variables = { input: { refreshToken } };
    const answer = await post({ query: REFRESH, operationName: "Refresh", variables }, { token: null });
    const payload = answer.data?.sessionRefresh;
    if (session !== mine) return session?.token ?? null; // somebody else has signed in meanwhile
    refreshToken = payload?.refreshToken ?? null;
    if (!payload?.token) return null;
    session = { ...session, token: payload.token };
    sessionStorage.setItem(STORE, JSON.stringify(session));
    return session.token;
  }

  function signOut() {
    attempt += 1;
    refreshToken = null;
    if (session) end(session.token);
    keep(null);
  }

  /** Ask who the token belongs to: shows the name, and gives the examples their Property. */
  async function loadViewer() {
    const token = session?.token;
    if (!token) return;
    try {
      const answer = await post({ query: VIEWER, operationName: "Viewer" });
      if (isSignedOut(answer) && (await renew(token))) return loadViewer();
      if (session?.token !== token) return;
      const viewer = answer.data?.viewer;
      if (viewer) {
        const name = viewer.staff?.name ?? viewer.person?.name ?? viewer.account?.login ?? session.name;
        session = { ...session, name, roles: viewer.roles ?? [], property: viewer.properties?.[0]?.id ?? null };
        sessionStorage.setItem(STORE, JSON.stringify(session));
        show();
      } else if (answer.errors && !isSignedOut(answer)) {
        show(`Signed in, but the viewer could not be read: ${answer.errors[0].message}`);
      } else {
        expire();
      }
    } catch (error) {
      show(`The server cannot be reached: ${error.message}`);
    }
  }

  function isSignedOut(answer) {
    return Boolean(answer.errors?.some((error) => error.extensions?.code === "UNAUTHENTICATED"));
  }

  function expire() {
    refreshToken = null;
    keep(null);
    show("The session has ended: sign in again");
    bridge.schema?.introspect(); // the first reading of the schema may have been refused with the old token
  }

  // ---- requests and subscriptions ------------------------------------------------------------------------------

  let socket = null;
  const running = new Set(); // how to stop each running subscription

  /** A socket carries the identity of its connection_init: a new identity ends the old streams and needs a new socket. */
  function restartSocket() {
    running.forEach((stop) => stop());
    running.clear();
    socket?.dispose();
    socket = null;
  }

  function connected() {
    socket ??= graphqlWs.createClient({
      url: SOCKET_URL,
      connectionParams: async () => {
        await refreshing?.catch(() => {});
        return session ? { token: session.token } : {};
      },
      on: { closed: (event) => event?.code === 4403 && session && renew(session.token).catch(() => {}) }, // the token has run out
      retryAttempts: 20,
      retryWait: (retries) => sleep(Math.min(250 * 2 ** retries, 10_000) * (0.5 + Math.random())),
    });
    return socket;
  }

  function sleep(milliseconds) {
    return new Promise((done) => setTimeout(done, milliseconds));
  }

  function fetcher(params, options) {
    if (isSubscription(params, options?.documentAST)) {
      return { subscribe: (observer) => ({ unsubscribe: follow(params, observer) }) };
    }
    return send(params, options?.headers);
  }

  /** Post; when the token has run out, once more with the next one. What was refused so was not done. */
  async function send(params, headers) {
    const token = session?.token;
    const answer = await post(params, { headers });
    if (!token || !isSignedOut(answer)) return answer;
    if (await renew(token)) return post(params, { headers });
    if (session) expire();
    return answer;
  }

  function isSubscription({ operationName }, documentAST) {
    const operations = (documentAST?.definitions ?? []).filter((node) => node.kind === "OperationDefinition");
    const chosen = operations.find((node) => node.name?.value === operationName) ?? operations[0];
    return chosen?.operation === "subscription";
  }

  /** Run a subscription; after a lost connection it resumes behind the last event seen, if the document takes $after. */
  function follow(params, observer) {
    const payload = { ...params, variables: { ...params.variables } };
    const resumes = /\$after\b/.test(params.query);
    const stop = connected().subscribe(payload, {
      next(result) {
        const cursor = Object.values(result.data ?? {}).find((event) => event?.cursor)?.cursor;
        if (resumes && cursor) payload.variables.after = cursor;
        observer.next(result);
      },
      error(problem) {
        running.delete(stop);
        if (Array.isArray(problem)) {
          observer.next({ errors: problem });
          observer.complete();
        } else if (problem instanceof CloseEvent) {
          observer.error(new Error(`The socket closed with ${problem.code} ${problem.reason}`.trim()));
        } else {
          observer.error(problem instanceof Error ? problem : new Error("The socket could not be opened"));
        }
      },
      complete() {
        running.delete(stop);
        observer.complete();
      },
    });
    running.add(stop);
    return () => {
      running.delete(stop);
      stop();
    };
  }

  // ---- the bar -------------------------------------------------------------------------------------------------

  function say(text, bad = false) {
    $("status").textContent = text;
    $("status").classList.toggle("bad", bad);
  }

  function show(problem = "") {
    const roles = (session?.roles ?? []).map(readable).join(", ");
    const who = session ? `${session.name}${roles ? ` · ${roles}` : ""}` : "Not signed in";
    say(problem || who, Boolean(problem));
    const select = $("account");
    if (session) select.value = session.account === null ? OTHER : String(session.account);
    else if (select.value !== OTHER) select.value = "";
    const form = $("sign-in");
    form.hidden = Boolean(session) || (accounts.length > 0 && select.value !== OTHER);
    if (!form.hidden && accounts.length) form.elements.organization.value ||= accounts[0].organization;
    $("sign-out").hidden = !session;
  }

  function readable(role) {
    return String(role).toLowerCase().replace(/_/g, " ");
  }

  function fillSwitcher() {
    const select = $("account");
    select.append(new Option("choose an account", ""));
    const several = new Set(accounts.map((account) => account.organization)).size > 1;
    accounts.forEach((account, index) => {
      const place = several ? ` @ ${account.organization}` : "";
      select.append(new Option(`${account.login}${place} — ${readable(account.role)}`, String(index), false, false));
      select.lastElementChild.title = account.name;
    });
    select.append(new Option("another account …", OTHER));
    $("account-label").hidden = accounts.length === 0;
    select.addEventListener("change", () => {
      const index = select.value;
      if (index === "" || index === OTHER) {
        if (session) signOut();
        select.value = index;
        show();
      } else {
        signInDemo(Number(index));
      }
    });
  }

  function signInDemo(index) {
    const { organization, login, password } = accounts[index];
    return signIn({ organization, login, password }, index);
  }

  $("sign-out").addEventListener("click", () => {
    $("account").value = "";
    signOut();
  });

  $("sign-in").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    await signIn(Object.fromEntries(new FormData(form)));
    form.elements.password.value = "";
  });

  // ---- the examples --------------------------------------------------------------------------------------------

  async function fillExamples() {
    const examples = await (await fetch(new URL("examples.json", ASSETS_URL))).json();
    const groups = new Map();
    for (const example of examples) {
      if (!groups.has(example.role)) groups.set(example.role, []);
      groups.get(example.role).push(example);
    }
    for (const [role, members] of groups) {
      const section = document.createElement("section");
      section.append(Object.assign(document.createElement("h2"), { textContent: role }));
      for (const example of members) {
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: example.title });
        button.addEventListener("click", () => open(example));
        section.append(button);
      }
      $("examples-menu").append(section);
    }
  }

  /** Open an example in a new tab; when nobody is signed in, first sign in as the demo's account of its role. */
  async function open(example) {
    $("examples").open = false;
    const index = accounts.findIndex((account) => readable(account.role) === example.role);
    if (!session && index >= 0) await signInDemo(index);
    const variables = fill(example.variables ?? {});
    bridge.openTab(example.query, Object.keys(variables).length ? JSON.stringify(variables, null, 2) : "");
  }

  /** Put the viewer's first Property where the variables say "$property". */
  function fill(value) {
    if (value === "$property") return session?.property ?? value;
    if (Array.isArray(value)) return value.map(fill);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)]));
    return value;
  }

  document.addEventListener("click", (event) => {
    if (!$("examples").contains(event.target)) $("examples").open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") $("examples").open = false;
  });

  // ---- GraphiQL ------------------------------------------------------------------------------------------------

  const bridge = { schema: null, openTab: () => {} };

  /** Draws nothing: sits in GraphiQL's toolbar, from where its contexts can be reached. */
  function Bridge() {
    const editor = GraphiQL.React.useEditorContext();
    const execution = GraphiQL.React.useExecutionContext();
    const pending = React.useRef(null);
    bridge.schema = GraphiQL.React.useSchemaContext();
    bridge.openTab = (query, variables) => {
      execution.stop();
      pending.current = { query, variables };
      editor.addTab();
    };
    React.useEffect(() => {
      if (!pending.current || !editor.queryEditor || !editor.variableEditor) return;
      const { query, variables } = pending.current;
      pending.current = null;
      editor.queryEditor.setValue(query);
      editor.variableEditor.setValue(variables);
      editor.responseEditor?.setValue("");
    });
    return null;
  }

  const WELCOME = `# 物业 GraphQL. Choose an account above, then an example, or write your own.
# Ctrl-Space completes, Ctrl-Enter runs, the book on the left shows the whole schema.

query Viewer {
  viewer {
    account { id login }
    person { id name }
    staff { id name }
    organization { id name }
    roles
    properties { id name }
  }
}
`;

  fillSwitcher();
  show();
  loadViewer();
  fillExamples().catch((error) => show(`The examples cannot be loaded: ${error.message}`));
  ReactDOM.createRoot($("graphiql")).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultQuery: WELCOME,
      defaultEditorToolsVisibility: "variables",
      inputValueDeprecation: true,
      schemaDescription: true,
      shouldPersistHeaders: false,
      toolbar: { additionalComponent: Bridge },
    }),
  );
})();
