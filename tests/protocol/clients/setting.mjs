// What the test says to a client, and how a client answers: one JSON object a line.
import { createRequire } from "node:module";

const [told, folder] = process.argv.slice(2);
export const { url, property, signIn, last: LAST } = JSON.parse(told);
export const require = createRequire(folder + "/");
export const tell = (at, more = {}) => console.log(JSON.stringify({ at, ...more }));
