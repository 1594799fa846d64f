import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import { analyse } from "../analyse.ts";
import type { Manifest, PlotRequest, Run } from "../results.ts";
import { logarithmicTicks, rangeOf } from "./axis.ts";
import { cdfPlot } from "./cdf.ts";
import { modelErrorCaption } from "./model-error.ts";
import { phasesPlot } from "./phases.ts";
import { drawPlots } from "./plots.ts";
import { type Drawing, renderSvg } from "./render.ts";
import { MOST_SERIES, seriesScales } from "./theme.ts";

const { manifest, runs } = syntheticStudy({ rtts: [10, 200], rates: [10e6, 50e6], repetitions: 6, requests: 30 });
const draw = (plots: readonly PlotRequest[], some: readonly Run[] = runs) =>
  drawPlots(analyse({ ...manifest, plots, predictions: [] }, some));

const BY_RTT: PlotRequest = {
  kind: "factor",
  title: "By RTT",
  quantities: ["pageTime"],
  x: "rtt",
  series: "plan",
  where: { rate: 50e6, object: 10_240 },
};

const [PHASES, CDF] = (["phases", "cdf"] as const).map((kind) => manifest.plots.find((plot) => plot.kind === kind)) as [
  PlotRequest,
  PlotRequest,
];

it("the caption of a model's errors says that the worst cells stand for the rest", () => {
  assert.doesNotMatch(modelErrorCaption(48), /worst 48/);
  assert.match(modelErrorCaption(121), /the worst 48 of 121 cells/);
});

describe("a plot", () => {
  it("has the same bytes whatever was drawn before it in the process", async () => {
    const [first] = await draw([BY_RTT]);
    await draw(manifest.plots);
    const [again] = await draw([BY_RTT]);
    assert.equal(again?.svg, first?.svg);
  });

  it("has a point for each cell and the bounds of its interval, computed here and nowhere else", async () => {
    const svg = (await draw([BY_RTT]))[0]?.svg ?? "";
    assert.equal(layer(svg, "symbol").length, 8);
    assert.deepEqual(bounds(svg), { rules: 8, caps: 16 });
  });

  it("has a line for each model of a quantity, and their names where there are several", async () => {
    const of = (model: string, factor: number) =>
      manifest.predictions.map((prediction) => ({ ...prediction, model, value: factor * prediction.value }));
    const lines = async (predictions: Manifest["predictions"]) => {
      const [plot] = await drawPlots(analyse({ ...manifest, plots: [BY_RTT], predictions }, runs));
      const svg = plot?.svg ?? "";
      const names = [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text);
      return {
        drawn: svg.match(/class="mark-line/g)?.length,
        named: names.filter((name) => name?.startsWith("model ")),
      };
    };
    const [one, other] = [of("model one", 1), of("model other", 3)];
    const single = await lines(one);
    const both = await lines([...one, ...other]);
    assert.deepEqual(both, { drawn: 2 * (single.drawn ?? 0), named: ["model one", "model other"] });
    assert.deepEqual(single.named, []);
  });

  it("draws no interval where there is one run, and still the point", async () => {
    const once = runs.filter(({ block }) => block === 0);
    const svg = (await draw([BY_RTT], once))[0]?.svg ?? "";
    assert.equal(layer(svg, "symbol").length, 8);
    assert.deepEqual(bounds(svg), { rules: 0, caps: 0 });
  });

  it("cuts an interval that passes zero at the end of a logarithmic axis, without an end there, instead of losing it", async () => {
    const spread = runs.map((run): Run => {
      return { ...run, values: { ...run.values, pageTime: run.block === 0 ? 50 : 0.01 + run.block / 1000 } };
    });
    const svg = (await draw([{ ...BY_RTT, logarithmic: ["y"] }], spread))[0]?.svg ?? "";
    assert.deepEqual(bounds(svg), { rules: 8, caps: 8 });
  });

  it("has the small numbers of its axes whole, while coordinates keep two decimals", async () => {
    const small = runs.map((run): Run => {
      return {
        ...run,
        values: { ...run.values, pageTime: (run.cell.includes(" 10 ") ? 0.0008 : 3) + run.index / 1e6 },
      };
    });
    const svg = (await draw([{ ...BY_RTT, logarithmic: ["y"] }], small))[0]?.svg ?? "";
    const labels = [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text);
    assert.ok(labels.includes("0.001") && !labels.includes("0"), labels.join(" "));
    assert.doesNotMatch(svg, /translate\(-?\d+\.\d{3}/);
  });

  it("of each kind is drawn, and left out while it has no data", async () => {
    const all = await drawPlots(analyse(manifest, runs));
    assert.deepEqual(
      all.map(({ name }) => name),
      ["plot-1", "plot-2", "plot-3", "plot-4", "plot-5-1", "plot-5-2", "model-page"],
    );
    for (const { svg } of all) assert.match(svg, /^<svg role="img" aria-label="[^"]+"/);
    assert.deepEqual(await drawPlots(analyse(manifest, [])), []);
  });

  it("of phases or of requests leaves out the cells that cannot tell of one of its quantities", () => {
    const plan = "1.1-serial";
    const needs = ["request", "server"].map((of) => ({ of, quantity: "goodput", atLeast: 1e12, where: { plan } }));
    for (const kind of ["phases", "cdf"] as const) {
      const asked = kind === "cdf" ? CDF : PHASES;
      const drawn = (some: Manifest) =>
        JSON.stringify(rowsOf((kind === "cdf" ? cdfPlot : phasesPlot)(analyse(some, runs), asked)));
      assert.ok(drawn(manifest).includes(plan) && drawn(manifest).includes("1.0-serial"));
      assert.ok(!drawn({ ...manifest, needs }).includes(plan) && drawn({ ...manifest, needs }).includes("1.0-serial"));
    }
  });

  it("of phases stacks those of the runs that have all", () => {
    const lengths = (some: readonly Run[]) => rowsOf(phasesPlot(analyse(manifest, some), PHASES));
    const values = { connect: 0.125, server: 0.25, transfer: 0.5 };
    const steady = runs.map((run): Run => ({ ...run, voidReason: null, values }));
    const lacking = steady.map((run) => (run.block < 4 ? { ...run, values: { ...run.values, server: null } } : run));
    assert.deepEqual(lengths(lacking), lengths(steady));
    assert.deepEqual(lengths(lacking.filter(({ block }) => block < 4)), []);
  });

  it("of requests has a panel for each level, as one of phases has", async () => {
    const where = { rate: 50e6, object: 10_240 };
    const svgs = (await draw([PHASES, { ...CDF, panel: "rtt", where }])).map(({ svg }) => svg);
    for (const svg of svgs) assert.ok(["10 ms", "200 ms"].every((level) => svg.includes(`>${level}</text>`)));
    assert.equal(svgs[1]?.match(/class="mark-line/g)?.length, 2 * 4, "a curve for each plan in each panel");
    assert.equal(layer(svgs[1] ?? "", "symbol").length, 2 * 4 * 3);
  });

  it("of requests cuts an interval that passes zero at the end of a logarithmic axis", async () => {
    const slow = runs.find(({ cell }) => cell.startsWith("1.0-serial 200 "))?.histograms;
    const spread = runs.map((run): Run => (run.block === 0 ? { ...run, histograms: slow ?? {} } : run));
    const where = { rtt: 10, rate: 50e6, object: 10_240 };
    const marks = rowsOf(cdfPlot(analyse(manifest, spread), { ...CDF, where }));
    const bounds = marks.flatMap(({ lower }) => (typeof lower === "number" ? [lower] : []));
    assert.ok(bounds.length > 0 && bounds.every((lower) => lower > 0), bounds.join(" "));
    assert.equal((await draw([{ ...CDF, where }], spread)).length, 1);
  });

  it("that Vega warns of is an error", async () => {
    const data = { values: [{ x: 2 }] };
    const x = { field: "x", type: "quantitative" as const, scale: { type: "log" as const, zero: true } };
    await assert.rejects(renderSvg({ data, mark: "point", encoding: { x } }, "bad", "Bad"), { code: "E_PLOT" });
  });
});

describe("the look of series", () => {
  it("is readable in grey: neighbours differ in lightness by a tenth of the way from black to white", () => {
    const { colour, shape, dash } = seriesScales(Array.from({ length: MOST_SERIES }, (_, at) => String(at)));
    const lightness = colour.range.map(lightnessOf);
    for (const [at, value] of lightness.entries()) {
      const earlier = at < 4 ? lightness.slice(0, at) : lightness.slice(at - 1, at);
      for (const other of earlier) assert.ok(Math.abs(value - other) > 10, `${colour.range[at]}`);
      assert.ok(value < 80, "seen on white");
    }
    assert.equal(new Set(shape.range).size, MOST_SERIES);
    assert.equal(new Set(dash.range.map(String)).size, MOST_SERIES);
  });
});

/** L* of CIE 1976, 0 to 100. */
function lightnessOf(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 116 * Math.cbrt(0.2126 * red + 0.7152 * green + 0.0722 * blue) - 16;
}

describe("an axis", () => {
  it("that is logarithmic starts above zero and has ticks inside it", () => {
    const range = rangeOf([0, -3, 0.02, 40], true);
    assert.ok(range.low > 0 && range.low < 0.02 && range.high > 40);
    assert.deepEqual(logarithmicTicks({ low: 0.9, high: 60 }), [1, 2, 5, 10, 20, 50]);
  });

  it("that is linear starts at zero unless something lies below", () => {
    assert.equal(rangeOf([5, 9], false).low, 0);
    assert.ok(rangeOf([-5, 9], false).low < -5);
    assert.deepEqual(rangeOf([], false), { low: 0, high: 1 });
  });
});

function rowsOf({ spec }: Drawing): Record<string, unknown>[] {
  return (spec as unknown as { data: { values: Record<string, unknown>[] } }).data.values;
}

function bounds(svg: string): { rules: number; caps: number } {
  return { rules: layer(svg, "rule").length, caps: layer(svg, "rect").length };
}

/** The marks of a kind, without those of axes and legends. */
function layer(svg: string, kind: "symbol" | "rule" | "rect"): string[] {
  const groups = [...svg.matchAll(new RegExp(`class="mark-${kind} role-mark[^"]*"(?:[^>]*[^/>])?>(.*?)</g>`, "g"))];
  return groups.flatMap(([, marks = ""]) => marks.match(/<(?:path|line|rect)[^>]*>/g) ?? []);
}
