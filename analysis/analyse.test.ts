// The whole analysis on a made-up study: cells, effects, the model's errors, comparing two studies,
// and the export.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../tests/study/synthetic.ts";
import { analyse } from "./analyse.ts";
import { runsAsCsv } from "./csv.ts";
import { predictCells } from "./models/predict.ts";
import { quantityTables } from "./report/tables.ts";
import { manifestSchema, type Run } from "./results.ts";
import { mean } from "./stats/summary.ts";

const SIZE = { rtts: [30, 200], rates: [10e6], objectBytes: [10_240], repetitions: 8, requests: 40 };
const { manifest, runs } = syntheticStudy(SIZE);
const analysis = analyse(manifest, runs);

describe("an analysis", () => {
  it("repeats itself with its seed", () => {
    assert.deepEqual(analyse(manifest, runs), analysis);
  });

  it("has for each cell the mean of the runs that count, and keeps the void ones aside", () => {
    const [first] = analysis.cells;
    const counted = runs.filter(({ cell, voidReason }) => cell === first?.cell.id && voidReason === null);
    const values = counted.map(({ values: { pageTime } }) => pageTime as number);
    assert.equal(first?.quantities.get("pageTime")?.mean.value, mean(values));
    assert.equal(analysis.counted + analysis.voids.length, runs.length);
  });

  it("shows the planted differences between plans, and none between equal ones", () => {
    assert.ok(analysis.effects.length === 4 && analysis.effects.every(({ isShown }) => isShown));
    const random = syntheticStudy({ ...SIZE, seed: 9 }).runs;
    const equal = random.map(
      (run, index): Run => ({ ...run, values: { ...run.values, pageTime: 1 + (index % 7) / 50 } }),
    );
    const shown = analyse(manifest, equal).effects.filter(({ isShown }) => isShown);
    assert.deepEqual(shown, []);
  });

  it("finds the model within a few per cent, with intervals that mostly hold zero", () => {
    assert.equal(analysis.modelErrors.length, manifest.cells.length);
    for (const { relativeError } of analysis.modelErrors) assert.ok(Math.abs(relativeError.value) < 0.05);
  });

  it("says of a cell that lacks what a quantity stands on that it cannot tell, and compares it with nothing", () => {
    const [first] = manifest.cells;
    const poor = runs.map((run) => ({
      ...run,
      values: { ...run.values, goodput: run.cell === first?.id ? 13.2 : 200 },
    }));
    const needs = [{ of: "pageTime", quantity: "goodput", atLeast: 100 }];
    const { cells, modelErrors } = analyse({ ...manifest, needs }, poor);
    const [thin, whole] = cells.map(({ quantities }) => quantities.get("pageTime"));
    assert.match(thin?.cannotTell ?? "", /^cannot tell: as few as 13\.2 a run, 100 needed/);
    assert.ok(thin?.values.length === 0 && Number.isNaN(thin.mean.value));
    assert.ok(whole?.cannotTell === null && whole.values.length > 0);
    assert.ok(modelErrors.every(({ cell }) => cell.id !== first?.id));
    const report = JSON.stringify(quantityTables(analyse({ ...manifest, needs }, poor)));
    assert.match(report, /cannot tell: as few as 13\.2 a run/);
  });

  it("gives no quantiles of the requests of a cell that cannot tell", () => {
    const [first] = manifest.cells;
    const needs = [{ of: "request", quantity: "goodput", atLeast: 1e12, where: first?.levels ?? {} }];
    const [thin, whole] = analyse({ ...manifest, needs }, runs).cells.map(({ latencies }) => [...latencies.keys()]);
    assert.deepEqual([thin, whole], [[], ["request"]]);
  });

  it("wants of every run what a quantity stands on, not of their mean, and does not take what is unknown for enough", () => {
    const [cell] = manifest.cells;
    const ofCell = runs.filter(({ cell: id, voidReason }) => id === cell?.id && voidReason === null);
    const needs = [{ of: "pageTime", quantity: "goodput", atLeast: 100 }];
    const found = (goodputs: (at: number) => number | null) => {
      const some = ofCell.map((run, at) => ({ ...run, values: { ...run.values, goodput: goodputs(at) } }));
      return analyse({ ...manifest, needs }, some).cells[0]?.quantities.get("pageTime")?.cannotTell;
    };
    assert.equal(
      found(() => 100),
      null,
    );
    assert.match(found((at) => (at === 3 ? 99 : 500)) ?? "", /^cannot tell: as few as 99 a run, 100 needed/);
    assert.match(found((at) => (at === 3 ? null : 500)) ?? "", /^cannot tell: unknown in a run, 100 needed/);
    assert.equal(analyse({ ...manifest, needs }, []).cells[0]?.quantities.get("pageTime")?.cannotTell, null);
  });

  it("names the run whose histogram cannot be read", () => {
    for (const request of ["", "bm9uZQ==", "HISTFAAAAAB4"]) {
      const spoilt = runs.map((run) => (run.index === 5 ? { ...run, voidReason: null, histograms: { request } } : run));
      assert.throws(() => analyse(manifest, spoilt), { code: "E_BAD_RESULTS", message: /"request" of run 5/ });
    }
  });

  it("is made of any part of the runs, and of none", () => {
    assert.equal(analyse(manifest, []).counted, 0);
    assert.equal(analyse(manifest, runs.slice(0, 3)).cells.length, manifest.cells.length);
  });
});

describe("the export", () => {
  it("has a header with units, a row a run, and quotes what needs it", () => {
    const spoilt = runs.map((run, index) => (index === 0 ? { ...run, voidReason: 'a "link", dropped' } : run));
    const lines = [...runsAsCsv(manifest, spoilt)];
    assert.equal(lines.length, runs.length + 1);
    assert.match(
      lines[0] ?? "",
      /^run,block,cell,startedAt,void,saturated,plan,rtt \[ms\],rate \[bit\/s\],object \[bytes\],pageTime \[s\]/,
    );
    assert.match(lines[1] ?? "", /^0,0,[^,]+,2026-01-05T09:00:00\.000Z,"a ""link"", dropped",none,.*\r\n$/);
  });
});

describe("a binding of a model", () => {
  const bind = (inputs: Record<string, number | string>, model = "mathis") =>
    predictCells({ model, quantity: "goodput", inputs }, manifest.cells, "models[0]");

  it("predicts every cell from arithmetic over its factors", () => {
    const { predictions } = bind({ rttSeconds: "rtt / 1000", lossRatio: "0.1 ^ 4 * 10" });
    assert.equal(predictions.length, manifest.cells.length);
    assert.ok((predictions[0]?.value ?? 0) > (predictions.at(-1)?.value ?? 0));
  });

  it("predicts nothing where a model has no finite value, such as a queue without an end", () => {
    const inputs = { arrivalsPerSecond: "rtt", serviceSeconds: 0.01 };
    const { predictions, problems } = bind(inputs, "single-server");
    const stable = manifest.cells.filter(({ levels }) => Number(levels.rtt) < 100).map(({ id }) => id);
    assert.ok(stable.length > 0 && stable.length < manifest.cells.length);
    assert.deepEqual([predictions.map(({ cell }) => cell), problems], [stable, []]);
    const read = manifestSchema.safeParse(JSON.parse(JSON.stringify({ ...manifest, predictions })));
    assert.ok(read.success, "a study's file holds them");
  });

  it("is refused whole, each problem once with its place", () => {
    const texts = (result: ReturnType<typeof bind>) => {
      assert.deepEqual(result.predictions, []);
      return result.problems.map(({ path, message }) => `${path}: ${message}`);
    };
    assert.deepEqual(texts(bind({ rttSeconds: "rtt / 1000" })), [
      "models[0].inputs.lossRatio: the model mathis needs it: share of segments that begin a loss event; of random loss, nearly the share of segments lost, in ratio",
    ]);
    assert.deepEqual(texts(bind({ rttSeconds: "delay / 1000", lossRatio: "plan * 2" })), [
      'models[0].inputs.rttSeconds: column 1: "delay" is no factor and no parameter; known: plan, rtt, rate, object',
      ...(manifest.factors[0]?.levels ?? []).map(
        (plan) => `models[0].inputs.lossRatio: column 1: "${plan}" is not a number`,
      ),
    ]);
    assert.deepEqual(texts(bind({}, "newton")), ['models[0].name: there is no model "newton"']);
    assert.match(texts(bind({ rttSeconds: "rtt > 3", lossRatio: 0.01 }))[0] ?? "", /only arithmetic over factors/);
  });
});
