// Settings and levels are the words of the file, also where YAML reads a number or a truth.

import assert from "node:assert/strict";
import { it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { GOOD } from "../../tests/study/good-study.ts";
import { readScenario } from "../../topology/scenarios/read-scenario.ts";
import { expand } from "../expand.ts";
import { readStudy } from "./read.ts";

const read = (text: string) => readStudy("windows", text, (scenario) => readScenario(scenario));

const OF_VERSIONS = GOOD.replace('  measure.load.http: "1.0"\n', "")
  .replace("factors:\n", "factors:\n  version: {levels: [1.0, 1.1], sets: measure.load.http}\n")
  .replace("- {rtt: 20ms, size: 1MiB}", "- {version: 1.0, size: 1MiB}")
  .concat("effects:\n  - {quantity: requestSeconds, factor: version, level: 1.0, against: 1.1}\n");

it("levels are the words that are written, wherever they are named, and numbers for the analysis", async () => {
  const { study } = await read(OF_VERSIONS);
  const cells = expand(study);
  assert.deepEqual([...new Set(cells.map(({ settings }) => settings["measure.load.http"]))], ["1.0", "1.1"]);
  assert.equal(cells.length, 16 - 4);
  assert.deepEqual([study.effects[0]?.level, study.effects[0]?.against], [1, 1.1]);
});

it("levels by name have the name that is written", async () => {
  const named = OF_VERSIONS.replace(
    "[1.0, 1.1], sets: measure.load.http",
    "{1.0: {measure.load.http: 1.0}, 1.1: {measure.load.http: 1.1}}",
  );
  const [version] = (await read(named)).study.factors;
  assert.deepEqual([...(version?.texts.values() ?? [])], ["1.0", "1.1"]);
});

it("a setting is the word that is written, and one that it cannot have is named as such", async () => {
  const { study } = await read(GOOD.replace('"1.0"', "1.0"));
  assert.equal(study.fixed["measure.load.http"], "1.0");
  const problems = await read(GOOD.replace('"1.0"', "true")).catch(({ problems }: RttlabError) => problems);
  assert.deepEqual(problems, [
    {
      code: "E_BAD_VALUE",
      path: "fixed.measure.load.http",
      message: "true cannot be read",
      allowed: "1.0, 1.1",
      line: 11,
    },
  ]);
});

it("a level that is another one in other words is refused as given twice", async () => {
  const twice = GOOD.replace("[20ms, 100ms]", "[20ms, 100ms, 0.1s]");
  const problems = await read(twice).catch(({ problems }: RttlabError) => problems);
  const [path, code] = ["factors.rtt.levels", "E_DUPLICATE_KEY"];
  assert.deepEqual(problems, [{ code, path, message: "0.1s is 100ms again", allowed: "", line: 14 }]);
});

it("a value that is left empty, and levels of no shape, are named as what they are", async () => {
  const messagesOf = async (from: string, to: string) => {
    assert.ok(GOOD.includes(from), from);
    const problems = await read(GOOD.replace(from, to)).catch(({ problems }: RttlabError) => problems);
    return (problems as RttlabError["problems"]).map(({ code, path, message }) => `${code} ${path}: ${message}`);
  };
  const empty = await messagesOf('measure.load.http: "1.0"', "measure.load.http:");
  assert.deepEqual(empty, ["E_BAD_VALUE fixed.measure.load.http: has no value"]);
  const list = await messagesOf('measure.load.http: "1.0"', "measure.load.http: [1.0, 1.1]");
  assert.deepEqual(list, ["E_BAD_VALUE fixed.measure.load.http: is no single value"]);
  const shape =
    "E_BAD_VALUE factors.rtt.levels: is no list of values, no range, and no levels by name with their settings";
  assert.deepEqual(await messagesOf("levels: [20ms, 100ms]", "levels: {from: 20ms, to: 100ms}"), [shape]);
  assert.deepEqual(await messagesOf("levels: [20ms, 100ms]", "levels: 20ms"), [shape]);
  const repetitions =
    "E_BAD_VALUE repetitions: is neither 1 to 1000 nor the like of {until: requestSeconds, within: 5%, atMost: 10}";
  assert.deepEqual(await messagesOf("within: 5%", "within: 5"), [repetitions]);
  const effect = "effects:\n  - {quantity: requestSeconds, factor: rtt, level: 20ms}\nmodels:";
  assert.deepEqual(await messagesOf("models:", effect), ["E_MISSING_KEY effects[0].against: is missing"]);
});
