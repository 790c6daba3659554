// Relay's runtime with artifacts of its compiler; the network layer is what the application writes itself.
import { play } from "./scenario.mjs";
import { require } from "./setting.mjs";
import { socketClient } from "./socket.mjs";
import access from "./relay/generated/documentsAccessSubscription.graphql.js";
import place from "./relay/generated/documentsPlaceQuery.graphql.js";
import signIn from "./relay/generated/documentsSignInMutation.graphql.js";
import ticket from "./relay/generated/documentsTicketMutation.graphql.js";

const {
  Environment, Network, Observable, RecordSource, Store, commitMutation, fetchQuery, requestSubscription,
} = require("relay-runtime");
const mutations = { signIn, ticket };

await play((setting) => {
  const { url, token } = setting;
  const socket = socketClient(setting);
  const ask = async ({ text }, variables, { metadata }) => {
    const headers = { "content-type": "application/json", accept: "application/graphql-response+json" };
    if (token) headers.authorization = `Bearer ${token}`;
    if (metadata?.key) headers["idempotency-key"] = metadata.key;
    return (await fetch(url, { method: "POST", headers, body: JSON.stringify({ query: text, variables }) })).json();
  };
  const follow = ({ text }, variables) =>
    Observable.create((sink) => socket.subscribe({ query: text, variables }, sink));
  const environment = new Environment({
    network: Network.create(ask, follow),
    store: new Store(new RecordSource()),
  });
  return {
    ask: (name, variables, key) =>
      new Promise((resolve, reject) => {
        if (name === "place") {
          fetchQuery(environment, place, variables).subscribe({ next: (data) => resolve({ data }), error: reject });
          return;
        }
        commitMutation(environment, {
          mutation: mutations[name],
          variables,
          cacheConfig: { metadata: { key } }, // what the network layer gets of one request
          onCompleted: (data) => resolve({ data }),
          onError: reject,
        });
      }),
    follow: (name, variables, sink) =>
      requestSubscription(environment, {
        subscription: access,
        variables,
        onNext: (data) => sink.next({ data }),
        onError: (errors) => sink.error(Array.isArray(errors) ? errors : [{ message: `${errors}` }]),
      }),
    end: () => socket.dispose(),
  };
});
