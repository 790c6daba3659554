// graphql-sse in distinct connections mode; it comes back with the id of the last event it saw.
import documents from "./documents.mjs";
import { play, whenBack } from "./scenario.mjs";
import { require, tell } from "./setting.mjs";

const { createClient } = require("graphql-sse");

await play(({ url, token }) => {
  const authorization = token ? { authorization: `Bearer ${token}` } : {};
  const clients = [];
  const make = (headers, options = {}) => {
    const client = createClient({ url, headers: () => ({ ...authorization, ...headers() }), ...options });
    clients.push(client);
    return client;
  };
  return {
    ask: (name, variables, key) =>
      new Promise((resolve, reject) => {
        const headers = () => (key ? { "idempotency-key": key } : {});
        make(headers).subscribe({ query: documents[name], variables }, { next: resolve, error: reject, complete() {} });
      }),
    follow(name, variables, sink) {
      let last = null;
      const headers = () => (last ? { "last-event-id": last } : {});
      const next = (result) => {
        for (const event of Object.values(result.data ?? {})) last = event.cursor;
        sink.next(result);
      };
      const retry = async () => {
        tell("closed", { code: null });
        await whenBack();
      };
      make(headers, { retry, retryAttempts: 10 }).subscribe(
        { query: documents[name], variables },
        { complete() {}, ...sink, next },
      );
    },
    end: () => clients.forEach((client) => client.dispose()),
  };
});
