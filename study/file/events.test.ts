// Events of a study file, right and wrong.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { GOOD } from "../../tests/study/good-study.ts";
import { readScenario } from "../../topology/scenarios/read-scenario.ts";
import { describeEvents } from "../manifest.ts";
import { readStudy } from "./read.ts";

const read = (text: string) => readStudy("windows", text, (scenario) => readScenario(scenario));

async function problemsOf(text: string): Promise<string[]> {
  const problems = await read(text).then(
    () => [],
    (error: RttlabError) => error.problems,
  );
  return problems.map(({ code, path }) => `${code} ${path}`);
}

describe("a study file with events", () => {
  const timed = GOOD.replace("measure.load.requests: 1", "measure.load.seconds: 3");
  const withEvents = (events: string) => `${timed}\nevents:\n${events}`;

  it("has them in the order of their times, and an outage as two", async () => {
    const text = "  - {at: 2s, link: wan-a, down: 500ms}\n  - {at: 1s, link: wan-a, set: {rate: 5mbit}}\n";
    const { study } = await read(withEvents(text));
    assert.deepEqual(
      study.events.map(({ atMillis, link }) => `${atMillis} ${link}`),
      ["1000 wan-a", "2000 wan-a", "2500 wan-a"],
    );
  });

  it("follows a trace, of which a manifest has one line", async () => {
    const text = withEvents("  - {at: 500ms, link: wan-a, trace: {backward: step.csv}}\n");
    const readFile = (file: string) => (file === "step.csv" ? "0s,5mbit\n1s,1mbit\n" : assert.fail(file));
    const { study } = await readStudy("windows", text, (scenario) => readScenario(scenario), readFile);
    assert.deepEqual(
      study.events.map(({ atMillis, change }) => [atMillis, change.backward?.rateBitsPerSecond]),
      [
        [500, 5e6],
        [1500, 1e6],
      ],
    );
    assert.deepEqual(describeEvents(study.events), [
      "from 500ms to 1.5s wan-a: its rate backward as in step.csv, 2 steps",
    ]);
  });

  it("refuses a link that is not there, an event that does nothing, and one after the end", async () => {
    const wrong = "  - {at: 1s, link: wan-c, down: 1s}\n  - {at: 1s, link: wan-a}\n";
    assert.deepEqual(await problemsOf(withEvents(wrong)), [
      "E_NO_SUCH_LINK events[0].link",
      "E_CONFLICTING_KEYS events[1]",
    ]);
    const late = "  - {at: 4s, link: wan-a, set: {rate: 5mbit}}\n";
    assert.match((await problemsOf(withEvents(late))).join(), /E_OUT_OF_RANGE events/);
    const unending = `${GOOD}\nevents:\n  - {at: 1s, link: wan-a, set: {rate: 5mbit}}\n`;
    assert.match((await problemsOf(unending)).join(), /E_OUT_OF_RANGE events/);
  });

  it("refuses what contradicts the settings of a cell, and events that are too close", async () => {
    const close = "  - {at: 1s, link: wan-a, down: 10ms}\n";
    assert.match((await problemsOf(withEvents(close))).join(), /E_OUT_OF_RANGE events at 1010ms of wan-a/);
    const large = "  - {at: 1s, link: wan-a, set: {rate: 200mbit, rtt: 4s}}\n";
    assert.match((await problemsOf(withEvents(large))).join(), /E_OUT_OF_RANGE events at 1000ms of wan-a/);
    const lossy = "  - {at: 1s, link: wan-a, set: {loss: 1%, duplication: 5%}}\n";
    assert.match((await problemsOf(withEvents(lossy))).join(), /events at 1000ms of wan-a/);
  });
});
