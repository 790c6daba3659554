// Apollo Client: HttpLink for queries and mutations, GraphQLWsLink for subscriptions.
import documents from "./documents.mjs";
import { play } from "./scenario.mjs";
import { require } from "./setting.mjs";
import { socketClient } from "./socket.mjs";

const { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } = require("@apollo/client/core");
const { GraphQLWsLink } = require("@apollo/client/link/subscriptions");
const { OperationTypeNode } = require("graphql");

await play((setting) => {
  const { url, token } = setting;
  const socket = socketClient(setting);
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new HttpLink({ uri: url, headers: token ? { authorization: `Bearer ${token}` } : {} }),
    ),
  });
  return {
    ask(name, variables, key) {
      const document = gql(documents[name]);
      const context = key && { headers: { "idempotency-key": key } };
      return name === "place"
        ? client.query({ query: document, variables })
        : client.mutate({ mutation: document, variables, context });
    },
    follow(name, variables, sink) {
      const wrong = (error) => sink.error(CombinedGraphQLErrors.is(error) ? error.errors : [{ message: `${error}` }]);
      const next = (result) => (result.error ? wrong(result.error) : sink.next(result));
      client.subscribe({ query: gql(documents[name]), variables }).subscribe({ next, error: wrong });
    },
    end() {
      client.stop();
      socket.dispose();
    },
  };
});
