// Mercurius with subscriptions over mqemitter-redis, as its documentation has it for several processes; graphql-jit on.
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";
import redis from "mqemitter-redis";

const app = Fastify();
app.register(mercurius, {
  schema: readFileSync("schema.graphql", "utf8"),
  resolvers: {
    Query: { ready: () => true },
    Subscription: {
      workOrderChanged: { subscribe: (_, { propertyId }, { pubsub }) => pubsub.subscribe(`workOrderChanged:${propertyId}`) },
    },
  },
  subscription: { emitter: redis({ connectionString: process.env.REDIS_URL }) },
  jit: 1,
});
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
