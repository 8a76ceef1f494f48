// Emmett at the same task: load a stream, append one event to it. Started by peer_emmett.py with
// a JSON object as its only argument; reads how many to do from each line, answers the seconds.

import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { folder, connection, streams, at_once, requested, assessed } = JSON.parse(process.argv[2]);
const fromThere = createRequire(`${folder}/package.json`);
const { getPostgreSQLEventStore } = await import(
  pathToFileURL(fromThere.resolve("@event-driven-io/emmett-postgresql").replace(/\.cjs$/, ".js"))
);

const store = getPostgreSQLEventStore(connection);
const names = Array.from({ length: streams }, () => `dote-${randomUUID()}`);
let used = 0;

async function inTurns(items, act) {
  let next = 0;
  const one = async () => {
    while (next < items.length) await act(items[next++]);
  };
  await Promise.all(Array.from({ length: at_once }, one));
}

async function assess(name) {
  const { events, currentStreamVersion } = await store.readStream(name);
  const state = events.reduce((_, event) => event.type, null);
  if (state !== "DoteRequested") throw new Error(`${name} is ${state}`);
  const event = { type: "DoteAssessed", data: { ...assessed, causation_id: randomUUID() } };
  await store.appendToStream(name, [event], { expectedStreamVersion: currentStreamVersion });
}

await inTurns(names, (name) =>
  store.appendToStream(name, [{ type: "DoteRequested", data: requested }]),
);
console.log(JSON.stringify({ ready: true }));

for await (const line of createInterface({ input: process.stdin })) {
  const count = Number(line);
  const began = performance.now();
  await inTurns(names.slice(used, (used += count)), assess);
  console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000 }));
}
await store.close();
