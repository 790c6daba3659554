// GraphQL Yoga with its Redis event target; WebSockets through graphql-ws, as its documentation has it.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRedisEventTarget } from "@graphql-yoga/redis-event-target";
import { useServer } from "graphql-ws/use/ws";
import { createPubSub, createSchema, createYoga } from "graphql-yoga";
import Redis from "ioredis";
import { WebSocketServer } from "ws";

const pubSub = createPubSub({
  eventTarget: createRedisEventTarget({
    publishClient: new Redis(process.env.REDIS_URL),
    subscribeClient: new Redis(process.env.REDIS_URL),
  }),
});
const yoga = createYoga({
  schema: createSchema({
    typeDefs: readFileSync("schema.graphql", "utf8"),
    resolvers: {
      Query: { ready: () => true },
      Subscription: {
        workOrderChanged: { subscribe: (_, { propertyId }) => pubSub.subscribe("workOrderChanged", propertyId) },
      },
    },
  }),
  graphiql: false,
  landingPage: false,
  logging: false,
});

const server = createServer(yoga);
useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onSubscribe: async (context, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        params,
      });
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length ? errors : args;
    },
  },
  new WebSocketServer({ server, path: yoga.graphqlEndpoint }),
);
server.listen({ port: Number(process.env.PORT), host: "127.0.0.1", backlog: 2048 });
