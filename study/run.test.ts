// A run's values, from a testbed whose hosts and links are only answers here.

import assert from "node:assert/strict";
import { it } from "node:test";
import type { Run } from "../analysis/results.ts";
import { none, settings } from "../tests/study/judged-run.ts";
import { readScenario } from "../topology/scenarios/read-scenario.ts";
import type { Bed } from "./bed.ts";
import { expand } from "./expand.ts";
import { readStudy } from "./file/read.ts";
import { runStudy } from "./run.ts";

const FILE = `
title: a
question: b
hypothesis: c
scenario: one-path
seed: 7
fixed:
  measure.load.host: client
  measure.load.path: /files/1KiB
  measure.load.requests: 1
  measure.rudp.host: rudp-client
  measure.rudp.bytes: 1KiB
  measure.rudp.direction: DIRECTION
factors:
  kind: {levels: {load: {measure.kind: load}, rudp: {measure.kind: rudp}}}
repetitions: 3
`;

/** TCP's counts grow by one with each look. */
function bedOf(losses: object | null, { busyShare = 0, invalid = [] as string[] } = {}): Bed {
  let [atMillis, looks] = [0, 0];
  const use = () => {
    atMillis += 1000;
    const machine = { cores: 2, busySeconds: (2 * busyShare * atMillis) / 1000, softirqSeconds: 0 };
    return { atMillis, machine, cpuSeconds: {}, memoryBytes: {}, carriedBytes: {} };
  };
  const link = { forward: none, backward: none, settings, revision: "a", differences: [] };
  const latency = { p50Micros: 1000, meanMicros: 1000, histogram: "" };
  const latencies = { total: latency, firstByte: latency, connect: latency };
  const ofLoad = {
    settings: { rate: 1 },
    latencies,
    pages: null,
    seconds: [],
    generator: { spunSeconds: 0 },
    failed: 0,
    completed: 1,
    invalid,
  };
  const ofRudp = { settings: { connections: 1, bytes: 1 }, elapsedSeconds: 1, connectSeconds: 1, losses };
  const bed = {
    lookAtUse: async () => use(),
    ping: async () => 1,
    look: async () => {
      looks += 1;
      const tcp = { lossEvents: looks, timeouts: looks, resentSegments: looks };
      return { links: { wan: link }, packets: {}, tcp };
    },
    measure: async (_: string, operation: string) => ({ result: operation === "rudp.run" ? ofRudp : ofLoad }),
  };
  return new Proxy(bed, { get: (known, name) => Reflect.get(known, name) ?? (async () => {}) }) as unknown as Bed;
}

/** The first run of each cell. */
async function runsOf(direction: string, losses: object | null, more?: Parameters<typeof bedOf>[1]): Promise<Run[]> {
  const text = FILE.replace("DIRECTION", direction);
  const { study, topology } = await readStudy("brief", text, (name) => readScenario(name));
  const cells = expand(study);
  const [runs, enough] = [[] as Run[], new AbortController()];
  const write = async (run: Run) => {
    runs.push(run);
    if (new Set(runs.map(({ cell }) => cell)).size === cells.length) enough.abort();
  };
  const options = { write, onProgress() {}, signal: enough.signal };
  await assert.rejects(runStudy({ study, topology, cells }, bedOf(losses, more), [], options), { code: "E_CANCELLED" });
  return cells.map(({ id }) => runs.find(({ cell }) => cell === id) as Run);
}

const lossesOf = ({ values }: Run) => [values.lossEvents, values.timeouts, values.resentSegments];

it("a run has the losses of the sender that it measures: TCP's by the kernel, RUDP's by itself, or none", async () => {
  const [load, sent] = await runsOf("send", { lossEvents: 20, timeouts: 3, resentSegments: 40 });
  assert.deepEqual(lossesOf(load as Run), [1, 1, 1]);
  assert.deepEqual(lossesOf(sent as Run), [20, 3, 40]);
  const [, received] = await runsOf("receive", null);
  assert.deepEqual(lossesOf(received as Run), [undefined, undefined, undefined]);
});

it("a generator whose result is its own is saturated too, beside a machine that is", async () => {
  const placesOf = async (more: Parameters<typeof bedOf>[1]) => {
    const [{ saturated, alsoSaturated } = assert.fail()] = await runsOf("send", null, more);
    return [saturated, alsoSaturated];
  };
  const invalid = ["it did not keep its schedule"];
  assert.deepEqual(await placesOf({ busyShare: 0.95, invalid }), ["machine", ["generator"]]);
  assert.deepEqual(await placesOf({ invalid }), ["generator", undefined]);
  assert.deepEqual(await placesOf({}), ["none", undefined]);
});
