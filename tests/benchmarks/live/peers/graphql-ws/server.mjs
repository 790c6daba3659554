// graphql-ws on ws with graphql-redis-subscriptions, each as its documentation has it; compression is off by default.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { makeExecutableSchema } from "@graphql-tools/schema";
import { RedisPubSub } from "graphql-redis-subscriptions";
import { useServer } from "graphql-ws/use/ws";
import Redis from "ioredis";
import { WebSocketServer } from "ws";

const pubsub = new RedisPubSub({ publisher: new Redis(process.env.REDIS_URL), subscriber: new Redis(process.env.REDIS_URL) });
const schema = makeExecutableSchema({
  typeDefs: readFileSync("schema.graphql", "utf8"),
  resolvers: {
    Query: { ready: () => true },
    Subscription: {
      workOrderChanged: { subscribe: (_, { propertyId }) => pubsub.asyncIterator(`workOrderChanged:${propertyId}`) },
    },
  },
});

const server = createServer((_, response) => response.end("ready"));
useServer({ schema }, new WebSocketServer({ server, path: "/graphql" }));
server.listen({ port: Number(process.env.PORT), host: "127.0.0.1", backlog: 2048 });
