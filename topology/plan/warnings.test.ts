import assert from "node:assert/strict";
import { it } from "node:test";
import { parseScenario } from "../model/scenario.ts";
import { planUp } from "./plan.ts";
import { NOTHING } from "./simulation.ts";

const warningsOver = (link: string) =>
  planUp(
    parseScenario(
      "one-link",
      `title: One link
networks: {a: {}, b: {}}
hosts: {x: {role: server, on: a}, y: {role: loadgen, on: b}}
links: {l: {between: [a, b], ${link}}}`,
    ),
    NOTHING,
  ).warnings;

it("slots whose packets the rate spreads until the next slot are warned of, direction by direction", () => {
  const warning = (side: string) =>
    `l ${side}: 40mbit passes 19 full frames in the longest time between slots: near that load they arrive one after another, not in groups`;
  const rate = "rtt: 10ms, rate: 40mbit";
  assert.deepEqual(warningsOver(`${rate}, slots: 2ms/6ms/64packets`), ["forward", "backward"].map(warning));
  assert.deepEqual(warningsOver(`${rate}, forward: {slots: 2ms/6ms}`), [warning("forward")]);
  assert.deepEqual(warningsOver(`${rate}, slots: 2ms/6ms/4packets`), []);
  assert.deepEqual(warningsOver("rtt: 10ms, slots: 2ms/6ms/64packets"), []);
});

const warningsOfCrowd = (count: number, processors = 2) => {
  const hosts = Array.from({ length: count }, (_, at) => `  h${at}: {role: loadgen, on: one}`).join("\n");
  const text = `title: Many hosts\nnetworks: {one: {}}\nhosts:\n${hosts}\n`;
  return planUp(parseScenario("crowd", text), { ...NOTHING, processors }).warnings.join();
};

it("past the size at which the kernel's table of neighbours is full, a warning says why", () => {
  assert.equal(warningsOfCrowd(10), "");
  assert.match(warningsOfCrowd(40), /40 hosts and links may have 1640 neighbours, and a kernel holds 1024/);
});

it("hosts and links that alone take what a study needs of the processors are warned of, others are not", () => {
  assert.match(warningsOfCrowd(80), /80 hosts and 0 links take about 36% of 2 processors while nothing happens/);
  assert.doesNotMatch(warningsOfCrowd(60), /take about/);
  assert.doesNotMatch(warningsOfCrowd(80, 8), /take about/);
});
