import assert from "node:assert/strict";
import { it } from "node:test";
import { BARE } from "./apply-settings.ts";
import { CalibrationTurns } from "./calibration-turns.ts";

function client(turns: CalibrationTurns, revision: string) {
  const gone = new AbortController();
  const events: string[] = [];
  const { promise: comes, resolve } = Promise.withResolvers<void>();
  const emit = (event: string, fields: object) => {
    events.push([event, ...("revision" in fields ? [fields.revision] : [])].join(" "));
    if (event === "calibrating") resolve();
  };
  const ended = turns.hold(emit, gone.signal, () => ({ settings: BARE, revision }));
  return { events, comes, ended, leave: () => gone.abort() };
}

it("the second calibration waits, and has its turn when the first ends, however it ends", async () => {
  const turns = new CalibrationTurns();
  const [first, second] = [client(turns, "1"), client(turns, "2")];
  await first.comes;
  assert.deepEqual([first.events, second.events], [["calibrating 1"], ["waiting"]]);
  first.leave();
  await Promise.all([first.ended, second.comes]);
  assert.deepEqual(second.events, ["waiting", "calibrating 2"]);
  assert.equal(turns.isTaken, true);
  second.leave();
  await second.ended;
  assert.equal(turns.isTaken, false);
});

it("one that leaves while it waits lets nobody in before the holder has left", async () => {
  const turns = new CalibrationTurns();
  const [first, second, third] = [client(turns, "1"), client(turns, "2"), client(turns, "3")];
  await first.comes;
  second.leave();
  await second.ended;
  assert.deepEqual(third.events, ["waiting"]);
  first.leave();
  await third.comes;
  assert.deepEqual(second.events, ["waiting"], "it never had the turn");
});

it("only the holder learns of a change", async () => {
  const turns = new CalibrationTurns();
  turns.interrupt();
  const [first, second] = [client(turns, "1"), client(turns, "2")];
  await first.comes;
  turns.interrupt();
  assert.deepEqual([first.events, second.events], [["calibrating 1", "changed"], ["waiting"]]);
});
