// The units of what models take and predict, and cells that a model predicts twice.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { GOOD } from "../../tests/study/good-study.ts";
import { readScenario } from "../../topology/scenarios/read-scenario.ts";
import { readStudy } from "./read.ts";

async function problemsOf(text: string): Promise<string[]> {
  try {
    await readStudy("windows", text, (scenario) => readScenario(scenario));
  } catch (error) {
    return (error as RttlabError).problems.map(
      ({ code, path, message, allowed }) => `${code} ${path}: ${message} (${allowed})`,
    );
  }
  return [];
}

const change = (from: string, to: string) => {
  assert.ok(GOOD.includes(from), from);
  return GOOD.replace(from, to);
};

describe("the units of a model", () => {
  it("are the predicted quantity's, or it is refused with those that have it", async () => {
    const [problem = "", ...others] = await problemsOf(
      change("predicts: requestSeconds", "predicts: goodputBitsPerSecond"),
    );
    assert.match(
      problem,
      /^E_BAD_VALUE models\[0\]\.predicts: page predicts s, and goodputBitsPerSecond is in bit\/s \(.*requestSeconds.*\)$/,
    );
    assert.doesNotMatch(problem, /\(.*BitsPerSecond/);
    assert.deepEqual(others, []);
  });

  it("are those of a factor that is an input as it is, or the input is refused with what to write", async () => {
    for (const bare of ["rtt", "( rtt )"]) {
      assert.deepEqual(
        await problemsOf(
          change("levels: [20ms, 100ms]", "levels: [2ms, 5ms]")
            .replace("rtt / 1000", bare)
            .replace("- {rtt: 20ms, ", "- {rtt: 2ms, "),
        ),
        ["E_BAD_VALUE models[0].inputs.rttSeconds: rtt is in ms, and page takes s (rtt / 1000)"],
      );
    }
    assert.deepEqual(await problemsOf(change("objects: 0", "objects: size")), [
      "E_BAD_VALUE models[0].inputs.objects: size is in bytes, and page takes a number without a unit (arithmetic that makes a number without a unit of size)",
    ]);
  });

  it("are anyone's of numbers without a unit, and of arithmetic", async () => {
    const count = "  count: {levels: [0, 1], sets: {}}\nexclude:";
    assert.deepEqual(await problemsOf(change("exclude:", count).replace("objects: 0", "objects: count")), []);
    assert.deepEqual(await problemsOf(change("rtt / 1000", "0.001 * rtt")), []);
  });

  it("are those of a parameter's quantity", async () => {
    const parameters = (quantity: string) =>
      change(
        "models:",
        `parameters:\n  late: {quantity: ${quantity}, where: {size: 10KiB}, expected: 0.01}\nmodels:`,
      ).replace("    inputs: {", "    where: {size: 1MiB}\n    inputs: {serverSeconds: late, ");
    assert.deepEqual(await problemsOf(parameters("firstByteSeconds")), []);
    assert.deepEqual(await problemsOf(parameters("requestsPerSecond")), [
      "E_BAD_VALUE models[0].inputs.serverSeconds: late is in 1/s, and page takes s (arithmetic that makes s of late)",
    ]);
  });

  it("are those of the window that a trace has beside it", async () => {
    const traced = (rtt: string) =>
      change(
        "models:",
        `traces: {tcp: [server]}\nplots: [{kind: trace, title: a, doublings: {initialWindowSegments: 2, rttSeconds: ${rtt}}}]\nmodels:`,
      );
    assert.deepEqual(await problemsOf(traced("rtt / 1000")), []);
    assert.deepEqual(await problemsOf(traced("rtt")), [
      "E_BAD_VALUE plots[0].doublings.rttSeconds: rtt is in ms, and slow start takes s (rtt / 1000)",
    ]);
  });
});

describe("a model that a study names twice", () => {
  const [, entry = ""] = GOOD.split("models:\n");
  const twice = (first: string, second: string, quantity = "requestSeconds") =>
    `${GOOD.split("models:\n")[0]}models:\n${[first, second]
      .map((where) => entry.replace("    inputs:", `    where: {${where}}\n    inputs:`))
      .join("")}`.replace(/(predicts: )\w+(?![\s\S]*predicts)/, `$1${quantity}`);

  it("predicts each cell once, or is refused with a cell", async () => {
    assert.deepEqual(await problemsOf(twice("rtt: 20ms", "rtt: 100ms")), []);
    assert.deepEqual(await problemsOf(twice("rtt: 100ms", "size: 1MiB")), [
      "E_CONFLICTING_KEYS models[1].where: models[0] is page too, and predicts rtt=100 size=1048576 window=two, and 1 more cell (each cell once by a model)",
    ]);
    assert.deepEqual(await problemsOf(twice("rtt: 100ms", "size: 1MiB, window: many")), [
      "E_CONFLICTING_KEYS models[1].where: models[0] is page too, and predicts rtt=100 size=1048576 window=many (each cell once by a model)",
    ]);
  });

  it("is refused for another quantity of the cell too, as conclusions name a model and a cell alone", async () => {
    const [problem] = await problemsOf(twice("rtt: 100ms", "size: 1MiB", "firstByteSeconds"));
    assert.match(
      problem ?? "",
      /^E_CONFLICTING_KEYS models\[1\]\.where: models\[0\] is page too, and predicts rtt=100 /,
    );
  });

  it("is another model's cell as well", async () => {
    const other = "  - {name: closed-response, predicts: requestSeconds, inputs: {users: 1, serverSeconds: 0.001}}\n";
    assert.deepEqual(await problemsOf(`${GOOD}${other}`), []);
  });
});
