// Runs every audit of graphql-http against the address given, one after the other, and prints the results as JSON.
import { createRequire } from "node:module";

const [url, folder] = process.argv.slice(2);
const { serverAudits } = createRequire(folder + "/")("graphql-http");
const results = [];
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const { id, name, status, reason } = await audit.fn();
  results.push({ id, name, status, reason: reason ?? null });
}
console.log(JSON.stringify(results));
