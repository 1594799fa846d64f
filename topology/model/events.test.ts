// The events of a scenario file: what they mean, and what is refused.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "./scenario.ts";

const FILES: Record<string, string> = {
  "traces/step.csv": "0s,5mbit\n1.5s,1mbit\n",
  "down.csv": "# a comment\n0s,2mbit\n1.5s,8mbit\n2s,4mbit\n",
  "bad.csv": "1s,5mbit\n0s,5mbit\nsoon,1mbit\n",
};
const readFile = (file: string) => FILES[file] ?? assert.fail("no such file");

const scenario = (events: string) =>
  parseScenario(
    "mine",
    `title: Mine
networks: {servers: {}, site: {}}
hosts: {server: {role: server, on: servers}, load: {role: loadgen, on: site}}
links:
  wan: {between: [site, servers], rtt: 20ms, rate: 10mbit}
events:
${events}`,
    "mine",
    readFile,
  );

const problems = (events: string): string[] => {
  try {
    scenario(events);
    return [];
  } catch (error) {
    return ((error as RttlabError).problems ?? []).map(({ path, code }) => `${path} ${code}`);
  }
};

describe("events", () => {
  it("change what they name, in the order of their times, and an outage ends by itself", () => {
    const { events } = scenario(`  - {at: 20s, link: wan, down: 2s}
  - {at: 10s, link: wan, set: {rate: 5mbit, backward: {loss: 1%}}}`);
    assert.deepEqual(events, [
      {
        atMillis: 10_000,
        link: "wan",
        change: { forward: { rateBitsPerSecond: 5e6 }, backward: { rateBitsPerSecond: 5e6, lossRatio: 0.01 } },
      },
      { atMillis: 20_000, link: "wan", change: { forward: { state: "down" }, backward: { state: "down" } } },
      { atMillis: 22_000, link: "wan", change: { forward: { state: "up" }, backward: { state: "up" } } },
    ]);
  });

  it("of a trace are one for each of its steps, for both directions or for each its own", () => {
    const { events } = scenario(`  - {at: 1s, link: wan, trace: traces/step.csv}`);
    const both = (rateBitsPerSecond: number) => ({ forward: { rateBitsPerSecond }, backward: { rateBitsPerSecond } });
    const named = { link: "wan", trace: { as: "as in step.csv" } };
    assert.deepEqual(events, [
      { atMillis: 1000, change: both(5e6), ...named },
      { atMillis: 2500, change: both(1e6), ...named },
    ]);
    const { events: apart } = scenario(
      `  - {at: 0s, link: wan, trace: {forward: traces/step.csv, backward: down.csv}}`,
    );
    assert.deepEqual(
      [...new Set(apart.map(({ trace }) => trace?.as))],
      ["forward as in step.csv and backward as in down.csv"],
    );
    assert.deepEqual(
      apart.map(({ atMillis, change }) => [
        atMillis,
        change.forward?.rateBitsPerSecond,
        change.backward?.rateBitsPerSecond,
      ]),
      [
        [0, 5e6, 2e6],
        [1500, 1e6, 8e6],
        [2000, undefined, 4e6],
      ],
    );
  });

  it("of a trace that is bad, that is not there, or beside something else are refused, with every line", () => {
    const found = problems(`  - {at: 1s, link: wan, trace: bad.csv}
  - {at: 2s, link: wan, trace: {backward: gone.csv}}
  - {at: 3s, link: wan, trace: down.csv, down: 1s}
  - {at: 9s, link: wan, trace: {sideways: down.csv}}
  - {at: 9s, link: wan, trace: {}}`);
    assert.deepEqual(found.toSorted(), [
      "events[0].trace E_BAD_TRACE",
      "events[0].trace E_BAD_TRACE",
      "events[1].trace.backward E_BAD_TRACE",
      "events[2] E_CONFLICTING_KEYS",
      "events[3].trace.sideways E_UNKNOWN_KEY",
      "events[4].trace E_MISSING_KEY",
    ]);
  });

  it("of no link, of nothing, of two things, or of no time are refused, each with its place", () => {
    const found = problems(`  - {at: 1s, link: lan, down: 1s}
  - {at: 2s, link: wan}
  - {at: 3s, link: wan, down: 1s, set: {rate: 1mbit}}
  - {at: soon, link: wan, down: 1s}
  - {at: 4s, link: wan, set: {rate: 1bit, lost: 1%}}`);
    assert.deepEqual(found.toSorted(), [
      "events[0].link E_NO_SUCH_LINK",
      "events[1] E_CONFLICTING_KEYS",
      "events[2] E_CONFLICTING_KEYS",
      "events[3].at E_BAD_VALUE",
      "events[4].set.lost E_UNKNOWN_KEY",
      "events[4].set.rate E_OUT_OF_RANGE",
    ]);
  });

  it("that take down what is down by then are refused, for the first outage's end would end both", () => {
    const overlapping = problems(`  - {at: 10s, link: wan, down: 5s}
  - {at: 12s, link: wan, down: 10s}`);
    assert.deepEqual(overlapping, ["events at 12000ms of wan E_CONFLICTING_KEYS"]);
    assert.deepEqual(
      problems(`  - {at: 10s, link: wan, down: 2s}
  - {at: 12.1s, link: wan, down: 2s}`),
      [],
    );
  });

  it("that would contradict what the link is by then, or follow each other too closely, are refused", () => {
    const found = problems(`  - {at: 1s, link: wan, set: {rtt: 0ms}}
  - {at: 1.02s, link: wan, set: {rtt: 20ms}}`);
    assert.ok(found.includes("events at 1020ms of wan E_OUT_OF_RANGE"), `${found}`);
    assert.ok(
      found.some((each) => each.startsWith("events at 1000ms of wan forward queue")),
      `${found}`,
    );
  });
});
