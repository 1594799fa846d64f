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
