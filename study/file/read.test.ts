// Study files as people write them, right and wrong.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { GOOD } from "../../tests/study/good-study.ts";
import { readScenario } from "../../topology/scenarios/read-scenario.ts";
import { expand } from "../expand.ts";
import { quantitiesOf } from "../measures/table.ts";
import { predictAll } from "../predict.ts";
import { readStudy } from "./read.ts";
import { readSettings } from "./settings.ts";

const RIVAL =
  "beside.rival.kind: rudp\n  beside.rival.direction: send\n  beside.rival.host: rudp-a\n  beside.rival.seconds: 2";
const LOAD_B = RIVAL.replace("kind: rudp\n  beside.rival.direction: send", "kind: load").replace("rudp-a", "load-b");
const PLOT = "plots:\n  - {kind: factor, title: a, ";

const read = (text: string) => readStudy("windows", text, (scenario) => readScenario(scenario));

async function problemsOf(text: string): Promise<string[]> {
  try {
    await read(text);
  } catch (error) {
    return (error as RttlabError).problems.map(({ code, path, line }) => `${line} ${code} ${path}`);
  }
  return [];
}

const change = (from: string, to: string) => {
  assert.ok(GOOD.includes(from), from);
  return GOOD.replace(from, to);
};

describe("a study file", () => {
  it("puts the levels of factors, as they are written, into a value that names them", async () => {
    const thinking = change("measure.load.requests: 1\n", 'measure.load.requests: 1\n  measure.load.think: "{rtt}"\n');
    const { study } = await read(thinking);
    const thinkTimes = expand(study).map(({ settings }) => settings["measure.load.think"]);
    assert.deepEqual([...new Set(thinkTimes)], ["20ms", "100ms"]);
  });

  it("makes the cells of its factors, but those that it excludes, each with all of its settings", async () => {
    const { study } = await read(GOOD);
    const cells = expand(study);
    assert.equal(cells.length, 6);
    const [cell] = cells;
    assert.deepEqual(cell?.levels, { rtt: 20, size: 10_240, window: "two" });
    assert.equal(cell?.settings["link.wan-a.rtt"], "20ms");
    assert.equal(cell?.settings["measure.load.path"], "/files/10KiB");
    assert.equal(cell?.settings["host.server.initial-window"], "2");
    assert.equal(study.factors[0]?.unit, "ms");
  });

  it("has the levels of a range, by steps of a size or by multiples, with the last where they meet it", async () => {
    const levelsOf = async (range: string) => {
      const { study } = await read(change("levels: [20ms, 100ms]", `levels: ${range}`).replace(/exclude:\n.*\n/, ""));
      return [...(study.factors[0]?.texts.values() ?? [])];
    };
    assert.deepEqual(await levelsOf("{from: 20ms, to: 160ms, by: x2}"), ["20ms", "40ms", "80ms", "160ms"]);
    assert.deepEqual(await levelsOf("{from: 0.1ms, to: 0.35ms, by: 0.1ms}"), ["0.1ms", "0.2ms", "0.3ms"]);
  });

  it("gives each cell the prediction of its models, with inputs in the model's units", async () => {
    const { study } = await read(GOOD);
    const { predictions } = predictAll(study, expand(study));
    assert.equal(predictions.length, 6);
    assert.ok(predictions.every(({ value }) => value > 0.02 && value < 5));
  });

  it("is refused with every problem and its line", async () => {
    const wrong = GOOD.replace("wan-a.rate: 20mbit", "wan-a.rate: 99gbit")
      .replace("sets: link.wan-a.rtt", "sets: link.nowhere.rtt")
      .replace("window: 32", "windows: 32");
    const problems = await problemsOf(wrong);
    assert.equal(problems.length, 3, problems.join("\n"));
    assert.match(problems.join("\n"), /8 E_OUT_OF_RANGE fixed/);
    assert.match(problems.join("\n"), /E_NO_SUCH_LINK factors\.rtt/);
    assert.match(problems.join("\n"), /E_UNKNOWN_KEY factors\.window/);
  });

  it("is refused with the problems of its shape, its settings, its models, plots and conclusions at once", async () => {
    const wrong = GOOD.replace("seed: 7", "seed: seven")
      .replace("scenario:", "colour: red\nhypothesisHolds: runs(moon) > 1\nscenario:")
      .replace("rate: 20mbit", "rate: 99gbit")
      .replace("rttSeconds: rtt / 1000, ", "")
      .concat("plots:\n  - {kind: factor, title: a, quantities: [requestSeconds], x: size}\n")
      .concat("effects:\n  - {quantity: joy, factor: rtt, level: 20ms, against: 100ms}\n")
      .concat("conclude:\n  - {say: '{mean(joy, all)}', when: runs(all) > 1}\n");
    const problems = (await problemsOf(wrong)).map((text) => text.replace(/^\d+ /, ""));
    assert.deepEqual(problems, [
      "E_UNKNOWN_KEY colour",
      "E_BAD_EXPRESSION hypothesisHolds.when",
      "E_WRONG_TYPE seed",
      "E_OUT_OF_RANGE fixed.link.wan-a.rate",
      "E_MISSING_KEY models[0].inputs.rttSeconds",
      "E_MISSING_KEY plots[0].where",
      "E_MISSING_KEY plots[0].where",
      "E_UNKNOWN_QUANTITY effects[0].quantity",
      "E_BAD_EXPRESSION conclude[0].say",
    ]);
  });

  it("is refused once for each mistake, though several checks meet it", async () => {
    const twice = change("models:", `${PLOT}quantities: [joy], x: moon}\nmodels:`);
    assert.deepEqual(
      (await problemsOf(twice)).map((text) => text.replace(/^\d+ /, "")),
      ["E_UNKNOWN_QUANTITY plots[0].quantities", "E_UNKNOWN_FACTOR plots[0]"],
    );
    const shapeless = change("label: round-trip time, ", "label: 7, ").replace("rate: 20mbit", "rate: 99gbit");
    assert.equal((await problemsOf(shapeless)).length, 1, "nothing is checked without its factors");
  });

  it("has measurements beside the cell's own, whose quantities have their name", async () => {
    const { study } = await read(
      change("measure.load.requests: 1\n", `measure.load.requests: 1\n  ${RIVAL}\n  beside.rival.after: 500ms\n`),
    );
    const [cell] = expand(study);
    const { settings } = readSettings(cell?.settings ?? {}, (await read(GOOD)).topology, (key) => key);
    const [rival] = settings?.beside ?? [];
    assert.deepEqual(
      [rival?.name, rival?.host, rival?.afterMillis, rival?.words.seconds],
      ["rival", "rudp-a", 500, "2"],
    );
    const names = quantitiesOf(expand(study)).map(({ name }) => name);
    assert.ok(names.includes("goodputBitsPerSecond") && names.includes("rivalGoodputBitsPerSecond"), String(names));
  });

  it("has a condition that decides the hypothesis, over all cells or over sets of them", async () => {
    const conditionIn = async (line: string) =>
      (await read(change("scenario:", `${line}\nscenario:`))).study.hypothesisHolds;
    assert.deepEqual(await conditionIn("hypothesisHolds: runs(all) > 3"), { when: "runs(all) > 3" });
    const ofSets =
      "{cells: {few: {window: two, rtt: 20ms}, many: {window: many, rtt: 20ms}}, when: 'ratio(requestSeconds, few, many) > 2'}";
    const sets = { few: { window: "two", rtt: 20 }, many: { window: "many", rtt: 20 } };
    assert.deepEqual((await conditionIn(`hypothesisHolds: ${ofSets}`))?.cells, sets);
    assert.equal((await read(GOOD)).study.hypothesisHolds, null);
  });

  it("says why it leaves cells out", async () => {
    const { study } = await read(change("size: 1MiB}", "size: 1MiB, because: it takes minutes a run}"));
    assert.deepEqual(study.exclude, [{ cells: { rtt: 20, size: 1_048_576 }, because: "it takes minutes a run" }]);
    assert.equal(expand(study).length, 6);
  });

  const cases: [what: string, from: string, to: string, problem: RegExp][] = [
    ["an unknown key", "seed: 7", "seed: 7\ncolour: red", /E_UNKNOWN_KEY colour/],
    ["a missing question", "question: Does", "hint: Does", /E_MISSING_KEY question/],
    ["a scenario that is not there", "scenario: wan-100ms", "scenario: moon", /E_BAD_SCENARIO_NAME scenario/],
    ["an unknown factor", "- {rtt: 20ms, size: 1MiB}", "- {rate: 20ms}", /E_UNKNOWN_FACTOR exclude\[0\]\.rate/],
    [
      "a factor called like a reason",
      "factors:",
      "factors:\n  because: {levels: [1, 2], sets: a}",
      /E_BAD_VALUE factors\.because/,
    ],
    [
      "a hypothesis that no comparison decides",
      "scenario:",
      "hypothesisHolds: runs(all)\nscenario:",
      /E_BAD_EXPRESSION hypothesisHolds/,
    ],
    ["an unknown level", "- {rtt: 20ms, size: 1MiB}", "- {rtt: 25ms}", /E_UNKNOWN_LEVEL exclude\[0\]\.rtt/],
    ["a level out of a link's range", "levels: [20ms, 100ms]", "levels: [20ms, 100s]", /E_OUT_OF_RANGE factors\.rtt/],
    ["levels without settings", ", sets: link.wan-a.rtt", "", /E_CONFLICTING_KEYS factors\.rtt\.sets/],
    ["a range of two units", "[20ms, 100ms]", "{from: 20ms, to: 1s, by: x2}", /E_BAD_VALUE factors\.rtt\.levels/],
    [
      "a range that goes nowhere",
      "[20ms, 100ms]",
      "{from: 20ms, to: 100ms, by: x1}",
      /E_BAD_VALUE factors\.rtt\.levels/,
    ],
    ["a range of thousands", "[20ms, 100ms]", "{from: 1ms, to: 9999ms, by: 1ms}", /E_BAD_VALUE factors\.rtt\.levels/],
    [
      "a measurement beside it on the same host",
      "measure.load.requests: 1",
      "measure.load.requests: 1\n  beside.rival.kind: load\n  beside.rival.host: load-a\n  beside.rival.seconds: 1",
      /E_CONFLICTING_KEYS fixed\.beside\.rival\.host/,
    ],
    [
      "a measurement beside it over another link",
      "measure.load.requests: 1",
      `measure.load.requests: 1\n  ${LOAD_B}`,
      /E_BAD_VALUE fixed\.beside\.rival\.host/,
    ],
    [
      "a measurement beside it that begins some day",
      "measure.load.requests: 1",
      `measure.load.requests: 1\n  ${RIVAL}\n  beside.rival.after: soon`,
      /E_BAD_VALUE fixed\.beside\.rival\.after/,
    ],
    ["an unknown model", "name: page", "name: oracle", /E_UNKNOWN_MODEL models\[0\]\.name/],
    ["a model that lacks an input", "rttSeconds: rtt / 1000, ", "", /E_MISSING_KEY models\[0\]\.inputs\.rttSeconds/],
    ["a quantity that is not measured", "until: requestSeconds", "until: happiness", /E_UNKNOWN_QUANTITY repetitions/],
    [
      "a plot of a quantity that is not measured",
      "models:",
      `${PLOT}quantities: [joy]}\nmodels:`,
      /E_UNKNOWN_QUANTITY plots\[0\]/,
    ],
    ["a plot of nothing", "models:", `${PLOT}x: size}\nmodels:`, /E_MISSING_KEY plots\[0\]\.quantities/],
    [
      "a plot by an unknown factor",
      "models:",
      `${PLOT}quantities: [requestSeconds], x: moon}\nmodels:`,
      /E_UNKNOWN_FACTOR plots\[0\]/,
    ],
    [
      "a plot of a trace where nothing is traced",
      "models:",
      "plots: [{kind: trace, title: a}]\nmodels:",
      /E_UNKNOWN_QUANTITY plots\[0\]\.kind/,
    ],
    ["a trace of a host that is not there", "models:", "traces: {tcp: [moon]}\nmodels:", /E_BAD_NAME traces\.tcp/],
    [
      "a RUDP trace of a host that speaks none",
      "models:",
      "traces: {rudp: [server]}\nmodels:",
      /E_BAD_NAME traces\.rudp/,
    ],
    [
      "a trace of an unknown level",
      "models:",
      "traces: {tcp: [server], where: {rtt: 1ms}}\nmodels:",
      /E_UNKNOWN_LEVEL traces\.where\.rtt/,
    ],
    [
      "a trace that is too large",
      "models:",
      "traces: {links: [wan-a], packets: 1000000}\nmodels:",
      /E_OUT_OF_RANGE traces\.packets/,
    ],
    ["a trace of nothing", "models:", "traces: {repetitions: 1}\nmodels:", /E_MISSING_KEY traces/],
    ["an unknown kind of measurement", "measure.kind: load", "measure.kind: guess", /E_BAD_VALUE fixed\.measure\.kind/],
    ["a host that cannot measure", "host: load-a", "host: server", /E_BAD_VALUE fixed\.measure\.load\.host/],
    [
      "a target that is not there",
      "measure.load.requests: 1",
      "measure.load.requests: 1\n  measure.load.target: moon:80",
      /E_NO_SUCH_HOST fixed\.measure\.load\.target/,
    ],
    [
      "a measurement beside it with words of another kind",
      "measure.load.requests: 1",
      `measure.load.requests: 1\n  ${RIVAL}\n  beside.rival.users: 3`,
      /E_UNKNOWN_KEY fixed\.beside\.rival\.users/,
    ],
    [
      "a measurement beside it that has no end",
      "measure.load.requests: 1",
      `measure.load.requests: 1\n  ${RIVAL.replace(/\n.*seconds: 2/, "")}`,
      /E_CONFLICTING_KEYS fixed/,
    ],
    ["an unknown word of a load", "load.requests: 1", "load.request: 1", /E_UNKNOWN_KEY fixed\.measure\.load\.request/],
    ["no cell left", "- {rtt: 20ms, size: 1MiB}", "- {rtt: [20ms, 100ms]}", /E_NO_CELLS exclude/],
    ["a key given twice", "seed: 7", "seed: 7\nseed: 8", /E_DUPLICATE_KEY seed/],
    ["broken syntax", "seed: 7", "seed: [7", /E_YAML_SYNTAX/],
  ];
  for (const [what, from, to, problem] of cases) {
    it(`is refused for ${what}`, async () => {
      const problems = await problemsOf(change(from, to));
      assert.match(problems.join("\n"), problem);
    });
  }
});
