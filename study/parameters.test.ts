// Predictions with inputs that a study measures itself.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { analyse } from "../analysis/analyse.ts";
import { concludeStudy } from "../analysis/conclude/conclude.ts";
import { composeReport } from "../analysis/report/compose.ts";
import { manifestSchema, type Run } from "../analysis/results.ts";
import { meanWithInterval } from "../analysis/stats/mean-interval.ts";
import { GOOD } from "../tests/study/good-study.ts";
import { readScenario } from "../topology/scenarios/read-scenario.ts";
import { expand } from "./expand.ts";
import { readStudy } from "./file/read.ts";
import type { StudyCell } from "./file/study.ts";
import { manifestOf, NOWHERE } from "./manifest.ts";

const MODELS = GOOD.slice(GOOD.indexOf("models:"));
/** M/G/1 at 10 requests a second in the cells of 100 ms, its service measured in those of 20 ms. */
const MEASURED = GOOD.replace(
  MODELS,
  `parameters:
  serviceSeconds: {quantity: firstByteSeconds, where: {rtt: 20ms}, expected: 0.05}
models:
  - name: single-server
    predicts: requestSeconds
    where: {rtt: 100ms, size: 10KiB}
    inputs: {arrivalsPerSecond: rtt / 10, serviceSeconds: 2 * serviceSeconds - serviceSeconds, variation: 0}
`,
);

const read = (text: string) => readStudy("measured", text, (scenario) => readScenario(scenario));

async function measured() {
  const { study } = await read(MEASURED);
  const cells = expand(study);
  return { cells, manifest: manifestOf(study, cells, NOWHERE) };
}

function run(cell: string, index: number, firstByteSeconds: number): Run {
  const values = { firstByteSeconds, requestSeconds: 0.03 };
  return { index, cell, block: index, startedAt: "2026-11-29T12:00:00Z", voidReason: null, saturated: "none", values };
}

/** M/D/1's mean response (Pollaczek and Khinchine) at ten arrivals a second. */
const response = (service: number) => service + (10 * service ** 2) / (2 * (1 - 10 * service));

describe("a parameter that a study measures", () => {
  it("is what was expected before the first run, and the mean of its cells afterwards", async () => {
    const { cells, manifest } = await measured();
    assert.deepEqual(manifestSchema.parse(JSON.parse(JSON.stringify(manifest))).bindings?.length, 2);
    const valuesOf = (runs: Run[]) => analyse(manifest, runs).manifest.predictions.map(({ value }) => value);
    const near = (values: number[], wanted: number) => {
      assert.equal(values.length, 2);
      for (const value of values) assert.ok(Math.abs(value - wanted) < 1e-9, `${value} is not ${wanted}`);
    };
    near(
      manifest.predictions.map(({ value }) => value),
      response(0.05),
    );
    near(valuesOf([]), response(0.05));
    const short = cells.filter(({ levels }) => levels.rtt === 20);
    assert.equal(short.length, 2);
    // 0.01 and 0.03 in one cell, 0.04 in the other: 0.02 and 0.04 on average.
    const runs = [0.01, 0.03, 0.04].map((seconds, index) => run(short[index >> 1]?.id ?? "", index, seconds));
    near(valuesOf(runs), response(0.03));
  });

  it("predicts what was thought to be beyond the knee once it is known not to be", async () => {
    const { study } = await read(MEASURED.replace("expected: 0.05", "expected: 0.5"));
    const cells = expand(study);
    const manifest = manifestOf(study, cells, NOWHERE);
    assert.equal(manifest.predictions.length, 0);
    const [cell] = cells;
    assert.equal(analyse(manifest, [run(cell?.id ?? "", 0, 0.02)]).manifest.predictions.length, 2);
  });

  it("leaves out of the domain what changes much within its interval, such as close to the knee", async () => {
    const { cells, manifest } = await measured();
    const short = cells.filter(({ levels }) => levels.rtt === 20);
    const assumptionsWith = (...values: number[]) => {
      const runs = values.map((seconds, index) => run(short[0]?.id ?? "", index, seconds));
      return analyse(manifest, runs).manifest.predictions.map(({ brokenAssumptions }) => brokenAssumptions.length);
    };
    assert.deepEqual(assumptionsWith(0.02, 0.0201, 0.0202), [0, 0]);
    // Its interval reaches a tenth of a second, at which ten a second are more than it can do.
    assert.deepEqual(assumptionsWith(0.093, 0.095, 0.097), [1, 1]);
  });

  it("leaves open how large the largest error is while it is known too badly for one of the cells", async () => {
    const [head = "", model = ""] = MEASURED.split("models:\n");
    const often = model.replace("size: 10KiB", "size: 10KiB, window: two");
    const seldom = model.replace("size: 10KiB", "size: 10KiB, window: many").replace("rtt / 10", "rtt / 100");
    const { study } = await read(`${head}models:\n${often}${seldom}`);
    const cells = expand(study);
    const all = { rtt: 100, size: "10KiB" };
    const when = 'largestError("single-server", all) < 0.5';
    const manifest = { ...manifestOf(study, cells, NOWHERE), conclusions: [{ cells: { all }, say: "", when }] };
    const statusAt = (service: number, spread: number) => {
      const runs = cells.flatMap(({ id, levels }) =>
        [-spread, 0, spread].map((by, block): Run => {
          const arrivals = levels.window === "two" ? 10 : 1;
          const [busy, wait] = [arrivals * service, (arrivals * service ** 2) / 2];
          const requestSeconds = (service + wait / (1 - busy)) * (1 + by);
          return {
            ...run(id, block, service * (1 + by)),
            values: { firstByteSeconds: service * (1 + by), requestSeconds },
          };
        }),
      );
      return concludeStudy(analyse(manifest, runs))[0]?.status;
    };
    assert.equal(statusAt(0.05, 0.01), "supported");
    // Close to the knee the busier cell changes much within the service's interval.
    assert.equal(statusAt(0.092, 0.02), "open");
  });

  it("leaves the model's error as uncertain as it is itself, and a comparison with the prediction too", async () => {
    const { cells, manifest } = await measured();
    const [short, long] = [20, 100].map((rtt) => cells.find(({ levels }) => levels.rtt === rtt)) as [
      StudyCell,
      StudyCell,
    ];
    const found = (...services: number[]) => {
      const runs = services.map((seconds, index) => run(short.id, index, seconds));
      runs.push(...[8, 9].map((index) => run(long.id, index, 0.03)));
      const say = '{predicted("single-server", long)}';
      const conclusions = [{ cells: { long: long.levels }, say, when: 'error("single-server", long) < 0' }];
      const analysis = analyse({ ...manifest, conclusions }, runs);
      const { relativeError, predicted } = analysis.modelErrors.find(({ cell }) => cell.id === long.id) ?? {};
      return { relativeError, predicted, ...concludeStudy(analysis)[0] };
    };
    // Measured is 0.03 in every run: what is uncertain of the error is uncertain of the prediction.
    const { lower, upper } = meanWithInterval([0.02, 0.021, 0.022]) as { lower: number; upper: number };
    const { relativeError, predicted, status, text } = found(0.02, 0.021, 0.022);
    assert.equal(status, "supported");
    for (const [bound, service] of [
      [relativeError?.lower, lower],
      [relativeError?.upper, upper],
    ] as const) {
      assert.ok(Math.abs((bound ?? 0) - (response(service) / 0.03 - 1)) < 1e-9, `${bound}`);
    }
    assert.ok(Math.abs((predicted?.upper ?? 0) - response(upper)) < 1e-9);
    assert.match(text ?? "", /^23\.8 ms \(20\.\d to 27\.\d\)$/);
    for (const few of [found(), found(0.02)]) {
      assert.deepEqual([few.relativeError?.lower, few.status], [null, "open"], "nobody knows how far it scatters");
    }
  });

  it("stands in the report, as it was expected and as it is", async () => {
    const { cells, manifest } = await measured();
    const predicted = cells.find(({ levels }) => levels.rtt === 100)?.id ?? "";
    const runs = [0.02, 0.022, 0.024].map((seconds, index) => run(cells[0]?.id ?? "", index, seconds));
    runs.push(...[3, 4].map((index) => run(predicted, index, 0.1)));
    const text = JSON.stringify(composeReport(analyse(manifest, runs), [], "whole"));
    assert.match(text, /"serviceSeconds","firstByteSeconds, round-trip time 20 ms","[^"]*50[^"]*","[^"]*22[^"]*"/);
  });

  it("is refused where its model predicts a cell that it is measured in, and where it means nothing", async () => {
    const problemsOf = (text: string) =>
      read(text).then(
        () => [],
        ({ problems }) => problems.map((problem: { code: string; path: string }) => `${problem.code} ${problem.path}`),
      );
    const wrong = (from: string, to: string) => {
      assert.ok(MEASURED.includes(from));
      return problemsOf(MEASURED.replace(from, to));
    };
    assert.deepEqual(await problemsOf(MEASURED), []);
    const place = "parameters.serviceSeconds";
    assert.deepEqual(await wrong("where: {rtt: 100ms, size: 10KiB}", "where: {size: 10KiB}"), [
      `E_CONFLICTING_KEYS ${place}`,
    ]);
    assert.deepEqual(await wrong("quantity: firstByteSeconds", "quantity: nothing"), [`E_UNKNOWN_QUANTITY ${place}`]);
    assert.deepEqual(await wrong("2 * serviceSeconds - serviceSeconds", "0.01"), [`E_UNKNOWN_KEY ${place}`]);
    assert.deepEqual(await wrong("where: {rtt: 20ms}", "where: {rtt: 20ms, size: 1MiB}"), [`E_NO_CELLS ${place}`]);
  });
});
