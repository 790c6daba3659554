// graphql-ws as our clients should use it; Apollo, urql and Relay put their subscriptions on it.
import { whenBack } from "./scenario.mjs";
import { require } from "./setting.mjs";

const { createClient } = require("graphql-ws");
globalThis.WebSocket ??= require("ws"); // browsers and Node 22 have their own

export function socketClient({ url, token, closed }) {
  return resuming(
    createClient({
      url: url.replace("http", "ws"),
      connectionParams: () => (token ? { token } : {}), // asked for at each dialling: a fresh token after a 4403
      shouldRetry: () => true, // also when nobody listens yet: graphql-ws takes a refused connection for fatal
      retryAttempts: 10,
      retryWait: whenBack,
      on: { closed: (event) => closed?.(event.code) },
    }),
  );
}

// graphql-ws subscribes again with the payload of the first time: let it say the cursor of the last event.
function resuming(client) {
  const subscribe = (payload, sink) => {
    let after = payload.variables?.after;
    const variables = { ...payload.variables, get after() { return after; } };
    const next = (result) => {
      for (const event of Object.values(result.data ?? {})) after = event?.cursor ?? after;
      sink.next(result);
    };
    return client.subscribe({ ...payload, variables }, { ...sink, next });
  };
  return { ...client, subscribe };
}
