// GraphQL Yoga on Node's own HTTP server with Envelop's graphql-jit plugin; relations by DataLoader, one set a request.
// Yoga caches parsed and validated documents by default; GraphiQL, logging and the landing page are off.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import DataLoader from "dataloader";
import { GraphQLScalarType } from "graphql";
import { createSchema, createYoga } from "graphql-yoga";
import { useGraphQlJit } from "@envelop/graphql-jit";
import * as store from "./store.js";

const loaders = () => ({
  properties: new DataLoader(store.properties),
  people: new DataLoader(store.people),
  units: new DataLoader(store.unitsById),
  occupancies: new DataLoader(store.occupancies),
  lines: new DataLoader(store.lines),
  bills: new Map(), // by the argument `last`
});

const billsOf = (context, last) => {
  if (!context.bills.has(last)) context.bills.set(last, new DataLoader((units) => store.bills(units, last)));
  return context.bills.get(last);
};

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
  Ticket: {
    property: (ticket, _, context) => context.properties.load(ticket.propertyId),
    unit: (ticket, _, context) => ticket.unitId && context.units.load(ticket.unitId),
    reporter: (ticket, _, context) => ticket.reporterId && context.people.load(ticket.reporterId),
  },
  Unit: {
    occupancies: (unit, _, context) => context.occupancies.load(unit.id),
    bills: (unit, { last }, context) => billsOf(context, last).load(unit.id),
  },
  Occupancy: { person: (occupancy, _, context) => context.people.load(occupancy.personId) },
  Bill: { lines: (bill, _, context) => context.lines.load(bill.id) },
};

const yoga = createYoga({
  schema: createSchema({ typeDefs: readFileSync("schema.graphql", "utf8"), resolvers }),
  context: loaders,
  plugins: [useGraphQlJit()],
  graphiql: false,
  landingPage: false,
  logging: false,
});
createServer(yoga).listen(Number(process.env.PORT), "127.0.0.1");
