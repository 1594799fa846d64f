import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { it } from "node:test";
import { followSize, type Terminal } from "./terminal-size.ts";

it("the last size of a terminal is the one that stays, though the first one takes long to arrive", async () => {
  const terminal = Object.assign(new EventEmitter(), { columns: 97, rows: 31 });
  const firstMayArrive = Promise.withResolvers<void>();
  const lastHasArrived = Promise.withResolvers<void>();
  const arrived: string[] = [];
  let begun = 0;
  const release = followSize(terminal as unknown as Terminal, async ({ w, h }) => {
    begun += 1;
    if (begun === 1) await firstMayArrive.promise;
    arrived.push(`${w} x ${h}`);
    if (w === 100) lastHasArrived.resolve();
  });
  await Promise.resolve(); // the first one is under way
  Object.assign(terminal, { columns: 100, rows: 40 }).emit("resize");
  setImmediate(firstMayArrive.resolve);
  await lastHasArrived.promise;
  await firstMayArrive.promise;
  release();
  assert.deepEqual(arrived, ["97 x 31", "100 x 40"]);
});
