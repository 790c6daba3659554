// graphql-ws alone: everything over the socket, queries and mutations too.
import documents from "./documents.mjs";
import { play } from "./scenario.mjs";
import { socketClient } from "./socket.mjs";

await play((setting) => {
  const client = socketClient(setting);
  return {
    ask: (name, variables, key) =>
      new Promise((resolve, reject) => {
        const extensions = key && { idempotencyKey: key };
        client.subscribe({ query: documents[name], variables, extensions }, { next: resolve, error: reject, complete() {} });
      }),
    follow: (name, variables, sink) =>
      client.subscribe({ query: documents[name], variables }, { complete() {}, ...sink }),
    end: () => client.dispose(),
  };
});
