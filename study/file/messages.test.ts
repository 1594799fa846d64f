// The problems of a wrong study file name the key and the value that was found, and one mistake is
// one problem.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { GOOD } from "../../tests/study/good-study.ts";
import { readScenario } from "../../topology/scenarios/read-scenario.ts";
import { readStudy } from "./read.ts";

/** The problems of the good study after changes. */
async function refusalsOf(...changes: [from: string, to: string][]): Promise<string[]> {
  const text = changes.reduce((before, [from, to]) => {
    assert.ok(before.includes(from), from);
    return before.replace(from, to);
  }, GOOD);
  const refused = await readStudy("windows", text, (scenario) => readScenario(scenario)).then(
    () => null,
    (error: RttlabError) => error,
  );
  return (refused?.problems ?? []).map(({ code, path, message }) => `${code} ${path}: ${message}`);
}

const allowedOf = (name: string, from: string, to: string) =>
  readStudy(name, GOOD.replace(from, to), (scenario) => readScenario(scenario)).then(
    () => assert.fail("it was accepted"),
    ({ problems: [first] }: RttlabError) => first?.allowed,
  );

describe("a problem of a setting", () => {
  it("has its key where a factor or a level sets it", async () => {
    const settings = "sets: {link.wan-a.rtt: '{}', link.wan-a.rat: '{}', measure.load.htpp: '{}'}";
    const wrong = await refusalsOf(
      ["sets: link.wan-a.rtt", settings],
      ["two: {host.server.initial-window: 2}", "two: {host.server.initialwindow: 2}"],
      ["many: {host.server.initial-window: 32}", "many: {link.wan-b.rtt: 50msec}"],
    );
    assert.deepEqual(
      wrong.filter((problem) => problem.includes(" factors.")),
      [
        "E_UNKNOWN_KEY factors.rtt: link.wan-a.rat: is not known here",
        "E_UNKNOWN_KEY factors.rtt: measure.load.htpp: a load has no such word",
        "E_UNKNOWN_KEY factors.window: host.server.initialwindow: is not known here",
        "E_BAD_VALUE factors.window: link.wan-b.rtt: 50msec cannot be read",
      ],
    );
  });

  it("has its key where it is missing, and the word that was written", async () => {
    assert.deepEqual(await refusalsOf(["  measure.load.host: load-a\n", ""]), [
      "E_MISSING_KEY fixed: measure.load.host: is missing",
    ]);
    const load = "measure.load.requests: 1\n  measure.load.rate: 5\n  measure.load.think: 5ms";
    assert.deepEqual(await refusalsOf(["measure.load.requests: 1", load]), [
      "E_CONFLICTING_KEYS fixed.measure.load.think: is of users, and a rate is given",
    ]);
  });
});

describe("a kind of measurement that is not known", () => {
  it("is one problem, whatever is said of what it measures", async () => {
    const cell = "{a: {rtt: 20ms, size: 10KiB, window: two}}";
    const conclusion = `conclude:\n  - {say: a, cells: ${cell}, when: 'mean(requestSeconds, a) > 1'}\nmodels:`;
    const lasting: [string, string][] = [
      ["seed: 7", "seed: 7\nlasting: 2s"],
      ["  measure.load.requests: 1\n", ""],
    ];
    const wrong = ["measure.kind: load", "measure.kind: laod"] as [string, string];
    assert.deepEqual(await refusalsOf(wrong, ["models:", conclusion], ...lasting), [
      "E_BAD_VALUE fixed.measure.kind: laod is no kind of measurement",
    ]);
    for (const name of ["constructor", "toString"])
      assert.deepEqual(await refusalsOf(["measure.kind: load", `measure.kind: ${name}`]), [
        `E_BAD_VALUE fixed.measure.kind: ${name} is no kind of measurement`,
      ]);
    assert.deepEqual(await refusalsOf(["  measure.kind: load\n", ""]), [
      "E_MISSING_KEY fixed: measure.kind: is missing",
    ]);
  });

  it("hides no mistake in the words beside it", async () => {
    const wrong = await refusalsOf(
      ["measure.kind: load", "measure.kind: laod"],
      ["load.host: load-a", "load.host: laod-a"],
      ["load.requests: 1", "load.requests: many"],
      ["until: requestSeconds", "until: joy"],
    );
    assert.deepEqual(wrong, [
      "E_BAD_VALUE fixed.measure.kind: laod is no kind of measurement",
      "E_BAD_VALUE fixed.measure.load.host: laod-a cannot measure a load",
      "E_BAD_VALUE fixed.measure.load.requests: many cannot be read",
      "E_UNKNOWN_QUANTITY repetitions.until: no run measures joy",
    ]);
  });
});

describe("a value of a wrong shape", () => {
  it("hides no others, be it of an event or of the length of runs", async () => {
    const events = "events:\n  - {at: 1s, link: moon, set: {rat: 5mbit}}\nlasting: 2";
    assert.deepEqual(await refusalsOf(["seed: 7", `seed: 7\n${events}`], ["load.requests: 1", "load.requests: many"]), [
      "E_UNKNOWN_KEY events[0].set.rat: this key is not known",
      "E_NO_SUCH_LINK events[0].link: there is no link moon",
      "E_WRONG_TYPE lasting: is no time of some seconds, such as 2.5s",
      "E_BAD_VALUE fixed.measure.load.requests: many cannot be read",
    ]);
  });

  it("is shown, with its kind or its range, in the codes of every file", async () => {
    const wrong = await refusalsOf(
      ["title: Does a larger window help?", "title: 3"],
      ["seed: 7", "seed: 0\nthreats: much\nmaySaturate: [[server]]"],
      ["models:", "plots:\n  - {kind: pie, title: a, quantities: [requestSeconds]}\nmodels:"],
    );
    assert.deepEqual(wrong, [
      "E_WRONG_TYPE title: 3 is a number",
      "E_OUT_OF_RANGE seed: 0 is out of range",
      "E_WRONG_TYPE threats: much is a string",
      'E_WRONG_TYPE maySaturate[0]: ["server"] is a list',
      "E_BAD_VALUE plots[0].kind: pie cannot be read",
    ]);
  });

  it("has what is allowed in its place", async () => {
    assert.equal(await allowedOf("a", "seed: 7", "seed: 0"), "1 or more");
    assert.equal(await allowedOf("a", "seed: 7", "seed: 4294967296"), "at most 4294967295");
    assert.equal(await allowedOf("a", "seed: 7", "seed: 1.5"), "a whole number");
    assert.equal(await allowedOf("a", "seed: 7", "seed: 7\nthreats: much"), "a list");
    assert.equal(await allowedOf("a", "title: Does", `title: ${"long ".repeat(30)}`), "at most 120 characters");
    assert.equal(await allowedOf("a", "title: Does a larger window help?", "title: ''"), "1 character or more");
    const plots = "plots: [{kind: pie, title: a, quantities: [requestSeconds]}]\nmodels:";
    assert.equal(await allowedOf("a", "models:", plots), "factor, load, cdf, phases, trace");
  });
});

describe("a place for a level that no factor fills", () => {
  it("is refused with the factors there are, and braces that are no name are left alone", async () => {
    const path = (text: string): [string, string][] => [
      ["measure.load.requests: 1", `measure.load.requests: 1\n  measure.load.path: "${text}"`],
      ['sets: {measure.load.path: "/files/{}"}', "sets: {}"],
    ];
    assert.deepEqual(await refusalsOf(...path("/files/{siz}")), [
      "E_UNKNOWN_FACTOR fixed.measure.load.path: there is no factor siz",
    ]);
    assert.deepEqual(await refusalsOf(...path("/files/{}")), [
      "E_UNKNOWN_FACTOR fixed.measure.load.path: no factor has its level put there",
    ]);
    assert.deepEqual(await refusalsOf(...path("/files/{size}")), []);
    assert.deepEqual(await refusalsOf(...path("/pages/3KiB/{1..42}.bin")), []);
    const ofLevel = "two: {host.server.initial-window: '{windw}'}";
    assert.deepEqual(
      (await refusalsOf(["two: {host.server.initial-window: 2}", ofLevel])).filter((one) => /FACTOR/.test(one)),
      ["E_UNKNOWN_FACTOR factors.window: host.server.initial-window: there is no factor windw"],
    );
  });
});

describe("a mistake that several checks meet", () => {
  it("is the only one where a factor has no levels, however many sentences are of them", async () => {
    const condition = "hypothesisHolds: {cells: {a: {rtt: 20ms}}, when: runs(a) > 1}\nscenario:";
    assert.deepEqual(
      await refusalsOf(["levels: [20ms, 100ms]", "levels: {from: 20ms, to: 10ms, by: x2}"], ["scenario:", condition]),
      ["E_BAD_VALUE factors.rtt.levels: the range has no levels"],
    );
  });

  it("is listed once in each place, as an unknown level", async () => {
    const condition = "hypothesisHolds: {cells: {a: {rtt: 20ms, window: few}}, when: runs(a) > 1}\nscenario:";
    assert.deepEqual(
      (await refusalsOf(["scenario:", condition])).filter((problem) => problem.includes(".cells.")),
      ["E_UNKNOWN_LEVEL hypothesisHolds.cells.a.window: window has no level few"],
    );
  });
});

it("fewest repetitions that are above the most are refused", async () => {
  assert.deepEqual(await refusalsOf(["atMost: 20", "atLeast: 8, atMost: 4"]), [
    "E_CONFLICTING_KEYS repetitions.atLeast: 8 are more than the most, 4",
  ]);
  assert.deepEqual(await refusalsOf(["atMost: 20", "atLeast: 4, atMost: 4"]), []);
});
