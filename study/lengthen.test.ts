// How many requests and transfers a run has when a study says how long it lasts.

import assert from "node:assert/strict";
import { it } from "node:test";
import { readScenario } from "../topology/scenarios/read-scenario.ts";
import { runSeconds } from "./duration.ts";
import { expand } from "./expand.ts";
import { readStudy } from "./file/read.ts";
import { predictAll } from "./predict.ts";

const FILE = `
title: a
question: b
hypothesis: c
scenario: one-path
seed: 7
lasting: 2s
fixed: {measure.load.host: client, measure.load.http: "1.0", measure.rudp.host: rudp-client}
factors:
  rtt: {levels: [10ms, 100ms], sets: link.wan.rtt}
  size: {levels: [1KiB, 10MiB], sets: {measure.load.path: "/files/{}", measure.rudp.bytes: "{}"}}
  transport:
    levels:
      TCP: {measure.kind: load, WORDS}
      RUDP: {measure.kind: rudp}
repetitions: 3
models:
  - name: page
    predicts: requestSeconds
    where: {transport: TRANSPORTS}
    inputs:
      plan: '"1.0-serial"'
      rttSeconds: rtt / 1000
      rateBitsPerSecond: 50e6
      documentBytes: size
      objects: 0
      objectBytes: 1
      initialWindowSegments: 10
      queueSegments: 1000
`;

const read = (words: string, transports = "[TCP, RUDP]") =>
  readStudy("long", FILE.replace("WORDS", words).replace("TRANSPORTS", transports), (name) => readScenario(name));

it("requests and transfers are repeated until the run is about so long by the model, and happen at least once", async () => {
  const { study } = await read("measure.load.target: server");
  const cells = expand(study);
  const counts = cells.map(({ id, settings }) => [
    id,
    settings["measure.load.requests"],
    settings["measure.rudp.transfers"],
  ]);
  assert.deepEqual(counts, [
    // two round trips of 10 ms
    ["rtt=10 size=1024 transport=TCP", "100", undefined],
    ["rtt=10 size=1024 transport=RUDP", undefined, "100"],
    // 1.7 s at 50 Mbit/s
    ["rtt=10 size=10485760 transport=TCP", "2", undefined],
    ["rtt=10 size=10485760 transport=RUDP", undefined, "2"],
    ["rtt=100 size=1024 transport=TCP", "10", undefined],
    ["rtt=100 size=1024 transport=RUDP", undefined, "10"],
    // 2.3 s
    ["rtt=100 size=10485760 transport=TCP", "1", undefined],
    ["rtt=100 size=10485760 transport=RUDP", undefined, "1"],
  ]);
  const { predictions } = predictAll(study, cells);
  for (const cell of cells) assert.ok(runSeconds(cell, predictions) >= 2, `${cell.id} is planned as shorter`);
});

it("each user has as many, and a cell that says how many or how long is left alone", async () => {
  const ofTcp = async (words: string) => {
    const [first] = expand((await read(words)).study);
    return first?.settings["measure.load.requests"];
  };
  assert.equal(await ofTcp("measure.load.users: 3"), "300");
  assert.equal(await ofTcp("measure.load.think: 80ms"), "20", "a pause is part of each");
  assert.equal(await ofTcp("measure.load.requests: 4"), "4", "RUDP's are repeated");
  assert.equal(await ofTcp("measure.load.seconds: 4"), undefined);
});

it("at a rate there are as many as come in the time, however long each takes", async () => {
  const { study } = await read("measure.load.rate: 5");
  const cells = expand(study);
  const { predictions } = predictAll(study, cells);
  for (const cell of cells.filter(({ levels }) => levels.transport === "TCP")) {
    assert.equal(cell.settings["measure.load.requests"], "10", cell.id);
    const seconds = runSeconds(cell, predictions);
    assert.ok(seconds > 1.8 && seconds < 5, `${cell.id} is planned as ${seconds} s`);
  }
});

it("a study whose model does not say how long a cell takes is refused", async () => {
  await assert.rejects(
    read("measure.load.target: server", "TCP"),
    (error: { problems: { path: string; message: string }[] }) => {
      const [problem, ...others] = error.problems;
      assert.deepEqual([problem?.path, others], ["lasting", []]);
      assert.match(problem?.message ?? "", /^no model says how long rtt=10 size=1024 transport=RUDP takes$/);
      return true;
    },
  );
});
