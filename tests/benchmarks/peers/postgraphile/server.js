// PostGraphile as its documentation says for production: the Amber preset in library mode on Node's own HTTP server,
// no GraphiQL, no watching; NODE_ENV and GRAPHILE_ENV are `production`, set by whoever starts it.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ["public"],
      pubsub: false,
      poolConfig: { max: Number(process.env.POOL), min: Number(process.env.POOL) },
    }),
  ],
  grafserv: { graphiql: false, watch: false, websockets: false, maxRequestLength: 262144 },
  grafast: { explain: false },
};

const service = postgraphile(preset).createServ(grafserv);
const server = createServer();
service.addTo(server);
server.listen(Number(process.env.PORT), "127.0.0.1");
