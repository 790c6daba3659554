// What every client does: sign in, ask, follow, change something twice under one key, get one operation wrong,
// lose the server and come back. `connect({ url, token, hearing })` makes a client of one library:
//   ask(name, variables, key)      the result of a query or mutation of documents.mjs
//   follow(name, variables, sink)  a subscription; `sink.next` gets results, `sink.error` a list of GraphQL errors
//   end()
import { createInterface } from "node:readline";
import { LAST, property, signIn, tell, url } from "./setting.mjs";

// The server has gone and is back, says the test: until then nobody dials, so what happens meanwhile is missed.
const lines = createInterface({ input: process.stdin });
const back = new Promise((resolve) => lines.once("line", resolve));
export const whenBack = () => back;

export async function play(connect) {
  const stranger = connect({ url, token: null });
  const { token } = (await stranger.ask("signIn", { input: signIn })).data.accountSignIn;
  await stranger.end();
  const client = connect({ url, token, closed: (code) => tell("closed", { code }) });
  const { liveCursor } = (await client.ask("place", { id: property })).data.property;
  await new Promise((resolve, reject) => {
    client.follow("access", { property, after: liveCursor }, {
      error: (errors) => reject(new Error(`the stream ended: ${JSON.stringify(errors)}`)),
      next({ data, errors }) {
        if (errors) return reject(new Error(JSON.stringify(errors)));
        const number = Number(data.accessEventRecorded.accessEvent.reason);
        tell("heard", { number });
        if (number === 1) work(client).catch(reject);
        if (number === LAST) resolve();
      },
    });
    tell("following");
  });
  await client.end();
  lines.close();
  process.stdin.destroy();
}

async function work(client) {
  const refused = await new Promise((resolve) => {
    const told = ({ errors }) => resolve(errors);
    client.follow("access", { property: "no id" }, { next: told, error: (errors) => told({ errors }) });
  });
  const input = { propertyId: property, kind: "REPAIR", category: "照明", text: "灯不亮" };
  const key = `node-${process.pid}`;
  const tickets = [];
  for (const _ of "12") {
    tickets.push((await client.ask("ticket", { input }, key)).data.ticketCreate.ticket.number);
  }
  tell("worked", { refused: refused.map((error) => error.extensions.code), tickets });
}
