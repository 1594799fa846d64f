import assert from "node:assert/strict";
import { it } from "node:test";
import { parseScenario } from "../topology/model/scenario.ts";
import { bufferWarnings } from "./buffers.ts";
import type { Settings, StudyCell } from "./file/study.ts";

const scenario = (more = "") =>
  parseScenario(
    "narrow",
    `title: Narrow
networks: {a: {}, b: {}, c: {}}
hosts: {server: {role: server, on: a}, load: {role: loadgen, on: b}, away: {role: loadgen, on: c}}
links: {wan: {between: [b, a], rtt: 20ms, rate: 20mbit}, other: {between: [c, a], rtt: 20ms, rate: 20mbit}}
${more}`,
  );
const LOAD = {
  "measure.kind": "load",
  "measure.load.host": "load",
  "measure.load.target": "server:80",
  "measure.load.users": "1",
  "measure.load.seconds": "4",
};
const FAT = { "link.wan.rtt": "600ms", "link.wan.rate": "150mbit" };
const cell = (id: string, settings: Settings): StudyCell => ({ id, levels: {}, settings: { ...LOAD, ...settings } });

it("cells whose path holds more than the buffers that fit the scenario are warned of", () => {
  const cells = [cell("thin", {}), cell("fat", FAT), cell("fatter", { ...FAT, "link.wan.rate": "180mbit" })];
  const [warning = "", ...others] = bufferWarnings({ events: [] }, cells, scenario());
  assert.match(warning, /^in 2 cells, such as fat, TCP buffers of 16 MiB, which fit narrow, cannot hold/);
  assert.deepEqual(others, []);
  assert.deepEqual(bufferWarnings({ events: [] }, cells.slice(0, 1), scenario()), []);
});

it("a queue that manages itself counts for what it lets stand, not for what it could hold", () => {
  const cells = [cell("managed", { "link.wan.queue": "fq_codel" })];
  assert.deepEqual(bufferWarnings({ events: [] }, cells, scenario()), []);
});

it("cells whose path the study's events make so are warned of too", () => {
  const change = { forward: { delayMillis: 300, rateBitsPerSecond: 150e6 }, backward: { delayMillis: 300 } };
  const events = [{ atMillis: 1000, link: "wan", change }];
  assert.match(bufferWarnings({ events }, [cell("thin", {})], scenario()).join(), /in 1 cell, such as thin/);
});

it("no cell is warned of on a scenario that has such a path itself, at once or by an event", () => {
  const event = "events: [{at: 1s, link: other, set: {rtt: 600ms, rate: 150mbit}}]";
  assert.deepEqual(bufferWarnings({ events: [] }, [cell("fat", FAT)], scenario(event)), []);
});

it("other paths do not matter, nor does a cell that chooses the window itself, or measures no TCP", () => {
  const other = { "link.other.rtt": "600ms", "link.other.rate": "150mbit" };
  const chosen = { ...FAT, "host.load.receive-window": "65536" };
  const cells = [cell("other", other), cell("chosen", chosen)];
  assert.deepEqual(bufferWarnings({ events: [] }, cells, scenario()), []);
});
