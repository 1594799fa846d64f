import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import { type Analysis, analyse } from "../analyse.ts";
import type { Manifest, PlotRequest, Run } from "../results.ts";
import { factorPlot } from "./factor.ts";
import { drawPlots } from "./plots.ts";

const { manifest, runs } = syntheticStudy({ rtts: [10, 200], rates: [10e6, 50e6], repetitions: 6, requests: 0 });

const BY_RTT: PlotRequest = {
  kind: "factor",
  title: "By RTT",
  quantities: ["pageTime"],
  x: "rtt",
  series: "plan",
  where: { rate: 50e6, object: 10_240 },
};

describe("a mean of 0", () => {
  const some = { ...manifest, quantities: [{ name: "losses", label: "losses", unit: "1" }], predictions: [] };
  const losses = (each: (cell: string) => number) =>
    runs.map((run): Run => ({ ...run, voidReason: null, values: { losses: each(run.cell) } }));
  const rare = losses((cell) => (cell.startsWith("1.1-serial 10 ") ? 0 : 3));
  const drawn = async (given: readonly Run[], more: Partial<PlotRequest>, study: Manifest = some) => {
    const request = { ...BY_RTT, quantities: ["losses"], ...more };
    const analysis = analyse({ ...study, plots: [request] }, given);
    const [plot] = await drawPlots(analysis);
    return {
      hollow: plot?.svg.match(/<path (?![^>]*fill=)[^>]*stroke="#[^>]*stroke-width="1.5"[^>]*>/g)?.length ?? 0,
      isSaid: /[Hh]ollow/.test(plot?.caption ?? ""),
      rows: rowsOf(analysis, request),
    };
  };

  it("is hollow on the lower edge of a logarithmic y, below its interval, and the caption says so", async () => {
    const { rows, ...picture } = await drawn(rare, { logarithmic: ["y"] });
    assert.deepEqual(picture, { hollow: 1, isSaid: true });
    const edge = Math.min(...rows.map(({ y }) => Number(y)));
    const [zero] = rows.filter(({ isAtEdge }) => isAtEdge);
    assert.ok(edge > 0 && zero?.y === edge && zero.lower === edge && Number(zero.upper) > edge, JSON.stringify(zero));
  });

  it("is a point like others on a linear y, and nothing is said where there is none", async () => {
    const { rows: _, ...linear } = await drawn(rare, {});
    assert.deepEqual(linear, { hollow: 0, isSaid: false });
    const { rows: __, ...positive } = await drawn(
      losses(() => 3),
      { logarithmic: ["y"] },
    );
    assert.deepEqual(positive, { hollow: 0, isSaid: false });
  });

  it("that is predicted has no place on a logarithmic y, so a model's line ends before it", async () => {
    const predictions = manifest.predictions.map((prediction) => {
      const value = prediction.cell.startsWith("1.1-serial 10 ") ? 0 : 2;
      return { ...prediction, quantity: "losses", value };
    });
    const { rows } = await drawn(rare, { logarithmic: ["y"] }, { ...some, predictions });
    const lines = rows.filter(({ what }) => what === "model");
    assert.ok(lines.length > 0 && lines.every(({ y }) => y === 2), JSON.stringify(lines));
  });
});

describe("the line of a load that is all carried", () => {
  const LOAD = manifest.plots.find(({ kind }) => kind === "load") as PlotRequest;
  const carrying = runs.map((run): Run => {
    return { ...run, voidReason: null, values: { goodput: 0.8 * Number(run.cell.split(" ")[2]) } };
  });
  const drawn = async (logarithmic: readonly ("x" | "y")[], more: Partial<Manifest> = {}) => {
    const request = { ...LOAD, logarithmic };
    const analysis = analyse({ ...manifest, predictions: [], ...more, plots: [request] }, carrying);
    const { spec, caption } = factorPlot(analysis, request);
    const [first] = (spec as unknown as { layer: { data?: { values: { x: number; y: number }[] } }[] }).layer;
    const [{ svg = "" } = {}] = await drawPlots(analysis);
    const path = /d="([^"]*)"[^>]*stroke="#999"/.exec(svg)?.[1] ?? "";
    return { points: first?.data?.values ?? [], path, caption };
  };

  for (const logarithmic of [[], ["x"], ["y"], ["x", "y"]] as const) {
    it(`lies within the picture, and on it x is y, with logarithmic axes: ${logarithmic.join(" and ") || "none"}`, async () => {
      const { points, path, caption } = await drawn(logarithmic);
      const places = path.split(/[ML]/).slice(1);
      assert.ok(places.length > 2, path);
      for (const [x = -1, y = -1] of places.map((place) => place.split(",").map(Number))) {
        assert.ok(x >= 0 && x <= 560 && y >= 0 && y <= 300, path);
      }
      for (const { x, y } of points) assert.ok(Math.abs(y / x - 1) < 1e-9 || (x === 0 && y === 0), `${x} ${y}`);
      assert.match(caption, /Grey dots/);
    });
  }

  it("is drawn over a bare number too, which offers so many a second", async () => {
    const factors = manifest.factors.map((factor) => (factor.name === "rate" ? { ...factor, unit: "" } : factor));
    const of = (unit: string) => drawn([], { factors, quantities: [{ name: "goodput", label: "carried", unit }] });
    const [requests, bits] = [await of("1/s"), await of("bit/s")];
    assert.deepEqual([requests.path !== "", /Grey dots/.test(requests.caption)], [true, true]);
    assert.deepEqual([bits.path !== "", /Grey dots/.test(bits.caption)], [false, false]);
  });
});

describe("an interval that reaches below zero", () => {
  const scattered = runs.map((run): Run => {
    const isWild = run.cell.startsWith("1.1-serial 10 ");
    return { ...run, voidReason: null, values: { pageTime: isWild && run.block === 0 ? 9 : 1 + 0.01 * run.block } };
  });
  const drawn = async (logarithmic: readonly "y"[]) => {
    const request = { ...BY_RTT, logarithmic };
    const [plot] = await drawPlots(analyse({ ...manifest, predictions: [], plots: [request] }, scattered));
    const caps = plot?.svg.match(/<path d="M[^"]*h7v1\.3h-7Z"/g)?.length ?? 0;
    return { caps, isSaid: /no lower end/.test(plot?.caption ?? "") };
  };

  it("has no lower end on a logarithmic y, for it goes on, and the caption says so", async () => {
    // Of eight cells one goes on.
    assert.deepEqual(await drawn(["y"]), { caps: 15, isSaid: true });
    assert.deepEqual(await drawn([]), { caps: 16, isSaid: false });
  });
});

describe("series over words", () => {
  const request: PlotRequest = { ...BY_RTT, x: "plan", series: "rtt", where: { rate: 50e6, object: 10_240 } };
  const placesIn = (svg: string, colour: string) =>
    [...svg.matchAll(/<path [^>]*transform="translate\(([\d.]+),[\d.]+\)"[^>]*fill="(#\w+)"/g)]
      .filter(([, , fill]) => fill === colour)
      .map(([, x]) => Number(x))
      .slice(0, 4);

  it("stand side by side with their intervals, so that none hides another, in the order of the legend", async () => {
    const [{ svg = "", caption = "" } = {}] = await drawPlots(analyse({ ...manifest, plots: [request] }, runs));
    assert.doesNotMatch(caption, /[Ll]ines/, "no line joins words");
    const [first, second] = ["#0b3c74", "#d95f02"].map((colour) => placesIn(svg, colour)) as [number[], number[]];
    assert.deepEqual([first.length, second.length], [4, 4]);
    const between = (first[1] as number) - (first[0] as number);
    for (const [at, x] of first.entries()) {
      const apart = (second[at] as number) - x;
      assert.ok(apart > 0.1 * between && apart < 0.5 * between, `${x} and ${second[at]} of ${between}`);
    }
  });
});

function rowsOf(analysis: Analysis, request: PlotRequest): Record<string, unknown>[] {
  const { data } = factorPlot(analysis, request).spec as unknown as { data: { values: Record<string, unknown>[] } };
  return data.values;
}
