// The engine, run in this thread: how often it looks at its connections.

import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createBell, ring } from "../bell.ts";
import { type Channel, createChannel, numbersOf, phaseOf } from "../channel.ts";
import { write } from "../ring.ts";
import { connectTo, createEngine, listenAt, stop } from "./engine.ts";

const HERE = "127.0.0.1";

it("An engine with many idle connections does not wake, and shows the numbers of one that is used", async () => {
  const bell = createBell();
  const stopped = Promise.withResolvers<void>();
  const engine = createEngine(bell, stopped.resolve);
  const accepted: Channel[] = [];
  const port = await listenAt(engine, { address: HERE, port: 0 }, 256, {}, (channel) => void accepted.push(channel));
  const opened = Array.from({ length: 20 }, () => createChannel());
  for (const channel of opened) {
    await connectTo(engine, null, port.datagrams.place, {}, channel, null);
    // Started apart, because connections that publish at the same moment do not wake each other.
    await delay(7);
  }
  while (accepted.length < opened.length || opened.some((channel) => phaseOf(channel) !== "open")) {
    await new Promise(setImmediate);
  }
  // The numbers of all openings are published together, a twentieth of a second later.
  await delay(300);
  const before = engine.turns;
  await delay(1000);
  // The alarm set for a repeated SYN may still fire, and so may a late publication on a busy
  // machine. Two connections that wake each other take twenty turns; there are forty connections.
  assert.ok(engine.turns - before <= 5, `${engine.turns - before} turns in an idle second`);

  write((opened[3] as Channel).outgoing, new Uint8Array(5000));
  ring(bell);
  while (numbersOf(opened[3] as Channel).acknowledgedSegments < 5) await delay(1);
  stop(engine);
  ring(bell);
  await stopped.promise;
  clearTimeout(engine.alarm.timer ?? undefined);
});
