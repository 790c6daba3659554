// urql: fetchExchange for queries and mutations, subscriptionExchange over graphql-ws.
import documents from "./documents.mjs";
import { play } from "./scenario.mjs";
import { require } from "./setting.mjs";
import { socketClient } from "./socket.mjs";

const { Client, cacheExchange, fetchExchange, subscriptionExchange } = require("@urql/core");

await play((setting) => {
  const { url, token } = setting;
  const socket = socketClient(setting);
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const subscriptions = [];
  const client = new Client({
    url,
    preferGetMethod: false,
    fetchOptions: { headers },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
  return {
    async ask(name, variables, key) {
      const fetchOptions = { headers: key ? { ...headers, "idempotency-key": key } : headers };
      const method = name === "place" ? "query" : "mutation";
      const { data, error } = await client[method](documents[name], variables, { fetchOptions });
      if (error) throw error;
      return { data };
    },
    follow(name, variables, sink) {
      subscriptions.push(
        client.subscription(documents[name], variables).subscribe(({ data, error }) => {
          if (error) sink.error(error.graphQLErrors);
          else sink.next({ data });
        }),
      );
    },
    end() {
      for (const { unsubscribe } of subscriptions) unsubscribe(); // a stream that ends tells its last result again
      socket.dispose();
    },
  };
});
