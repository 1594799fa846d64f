// The events of a scenario file: what they mean, and what is refused.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { HOLDS_FRAMES } from "../../lib/link/capacity.ts";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import { playProblems } from "./events.ts";
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
  open: {between: [site, servers]}
  half: {between: [site, servers], rtt: 20ms, forward: {rate: 10mbit}}
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

  it("that give a delay beside an rtt are refused, as in the words of a link", () => {
    const found = problems(`  - {at: 1s, link: wan, set: {rtt: 200ms, delay: 5ms}}
  - {at: 2s, link: wan, set: {rtt: 200ms, forward: {delay: 5ms}, backward: {delay: 6ms}}}
  - {at: 3s, link: wan, set: {delay: 5ms}}`);
    assert.deepEqual(found, [
      "events[0].set.delay E_CONFLICTING_KEYS",
      "events[1].set.forward.delay E_CONFLICTING_KEYS",
      "events[1].set.backward.delay E_CONFLICTING_KEYS",
    ]);
  });

  it("that give a queue to a direction without a rate by then are refused", () => {
    const found = problems(`  - {at: 1s, link: open, set: {queue: 10packets}}
  - {at: 2s, link: wan, set: {forward: {rate: unlimited, queue: 10packets}}}
  - {at: 3s, link: half, set: {backward: {queue: 10packets}}}`);
    assert.deepEqual(found.toSorted(), [
      "events at 1000ms of open backward queue E_QUEUE_WITHOUT_RATE",
      "events at 1000ms of open forward queue E_QUEUE_WITHOUT_RATE",
      "events at 2000ms of wan forward queue E_QUEUE_WITHOUT_RATE",
      "events at 3000ms of half backward queue E_QUEUE_WITHOUT_RATE",
    ]);
  });

  it("may give a queue beside a rate, to a link that has one, or for both where one has", () => {
    const found = problems(`  - {at: 1s, link: open, set: {queue: 10packets, rate: 10mbit}}
  - {at: 2s, link: open, set: {queue: 20packets}}
  - {at: 3s, link: half, set: {queue: 10packets}}`);
    assert.deepEqual(found, []);
  });

  it("that set nothing are refused", () => {
    const found = problems(`  - {at: 1s, link: wan, set: {}}
  - {at: 2s, link: wan, set: {forward: {}}}`);
    assert.deepEqual(found, ["events[0].set E_MISSING_KEY", "events[1].set E_MISSING_KEY"]);
  });

  it("that end later than a day after the start are refused", () => {
    const found = problems(`  - {at: 86399s, link: wan, trace: traces/step.csv}
  - {at: 86399s, link: half, down: 2s}`);
    assert.deepEqual(found.toSorted(), [
      "events at 86400500ms of wan E_OUT_OF_RANGE",
      "events at 86401000ms of half E_OUT_OF_RANGE",
    ]);
  });

  const link = { forward: UNIMPAIRED, backward: UNIMPAIRED, seed: null };
  const step = (atMillis: number, rateBitsPerSecond: number, delayMillis = 0) => {
    const queue = { kind: "drop-tail", amount: 1, unit: "packets" } as const;
    const direction = { rateBitsPerSecond, delayMillis, queue };
    return { atMillis, link: "wan", change: { forward: direction, backward: direction } };
  };

  it("that are more than a link plays are refused in one line", () => {
    const steps = Array.from({ length: 10_001 }, (_, at) => step(50 * at, 1e6));
    const [problem, ...others] = playProblems(steps, "wan", link, { holdsFrames: HOLDS_FRAMES.uml });
    assert.deepEqual([problem?.path, problem?.code, others], ["events of wan", "E_OUT_OF_RANGE", []]);
    assert.match(`${problem?.message} ${problem?.allowed}`, /10001 steps .*10000/);
    assert.deepEqual(playProblems(steps.slice(1), "wan", link, { holdsFrames: HOLDS_FRAMES.uml }), []);
  });

  it("after which a link would hold more than its backend are refused", () => {
    const paths = (backend: keyof typeof HOLDS_FRAMES) =>
      playProblems([step(0, 10e6, 2000), step(100, 200e6, 2000)], "wan", link, {
        holdsFrames: HOLDS_FRAMES[backend],
      }).map(({ path, code }) => `${path} ${code}`);
    assert.deepEqual(paths("uml"), ["events at 100ms of wan E_OUT_OF_RANGE"]);
    assert.deepEqual(paths("kernel"), []);
  });
});
