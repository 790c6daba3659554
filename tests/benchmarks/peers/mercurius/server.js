// Mercurius on Fastify as its documentation says: graphql-jit after the first execution, relations by its loaders.
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";
import { GraphQLScalarType } from "graphql";
import * as store from "./store.js";

// The loaders' own cache is off, which its documentation offers: its key is the parent row as JSON, and we find repeats
// by key, which is cheaper.
const uncached = (loader) => ({ loader, opts: { cache: false } });
const batched = (key, read) =>
  uncached(async (queries) => {
    const ids = [...new Set(queries.map(({ obj }) => obj[key]).filter((id) => id !== null))];
    const rows = await read(ids);
    const found = new Map(ids.map((id, n) => [id, rows[n]]));
    return queries.map(({ obj }) => found.get(obj[key]) ?? null);
  });

const resolvers = {
  Date: new GraphQLScalarType({ name: "Date" }),
  DateTime: new GraphQLScalarType({ name: "DateTime", serialize: (value) => value.toISOString() }),
  Query: {
    ticket: (_, { id }) => store.ticket(id),
    tickets: (_, { propertyId, first }) => store.tickets(propertyId, first),
    units: (_, { propertyId, first }) => store.units(propertyId, first),
    accessEvents: (_, { gateId, after, first }) => store.accessEvents(gateId, after, first),
  },
  Mutation: { ticketCreate: (_, input) => store.raise(input) },
};

const loaders = {
  Ticket: {
    property: batched("propertyId", store.properties),
    unit: batched("unitId", store.unitsById),
    reporter: batched("reporterId", store.people),
  },
  Unit: {
    occupancies: batched("id", store.occupancies),
    bills: uncached((queries) => store.bills(queries.map(({ obj }) => obj.id), queries[0].params.last)),
  },
  Occupancy: { person: batched("personId", store.people) },
  Bill: { lines: batched("id", store.lines) },
};

const app = Fastify();
app.register(mercurius, { schema: readFileSync("schema.graphql", "utf8"), resolvers, loaders, jit: 1 });
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
