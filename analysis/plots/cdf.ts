// The distribution of single requests' times, all runs of a cell together, as a cumulative curve by
// series. The marks are the mean of the runs' own quantiles (50, 90, 99 %) with their intervals;
// those with too few requests beyond them are hollow.

import type { TopLevelSpec } from "vega-lite";
import type { Analysis } from "../analyse.ts";
import { scaleOf } from "../format.ts";
import type { PlotRequest, Run } from "../results.ts";
import { decodeHistogram, mergeHistograms } from "../stats/histograms.ts";
import { logarithmicTicks, rangeOf, within } from "./axis.ts";
import { placeCells } from "./cells.ts";
import { seriesScales } from "./theme.ts";

/** Steps of a curve: more than a screen shows. */
const STEPS = 250;

interface Point {
  what: "curve" | "quantile";
  series: string;
  x: number;
  share: number;
  lower?: number | null;
  upper?: number | null;
  isThin?: boolean;
}

export function cdfPlot(analysis: Analysis, request: PlotRequest): TopLevelSpec {
  const placed = placeCells(analysis, request);
  const quantity = request.quantities[0] as string;
  const points = placed.cells.flatMap(({ summary, series }): Point[] => {
    const latency = summary.latencies.get(quantity);
    if (latency === undefined) return [];
    const marks = latency.quantiles
      .filter(({ quantile }) => !Number.isNaN(quantile.value))
      .map(({ ratio, quantile: { value, lower, upper, isThin } }): Point => {
        return { what: "quantile", series, x: value, share: ratio, lower, upper, isThin };
      });
    return [...curve(summary.runs, quantity, series), ...marks];
  });
  const scale = scaleOf(Math.max(0, ...points.map(({ x }) => x)) / 3, "s");
  for (const point of points) {
    point.x *= scale.factor;
    if (point.lower) point.lower *= scale.factor;
    if (point.upper) point.upper *= scale.factor;
  }
  const isLog = request.logarithmic?.includes("x") ?? false;
  const range = rangeOf(
    points.flatMap(({ x, lower, upper }) => [x, lower ?? x, upper ?? x]),
    isLog,
  );
  for (const point of points) point.x = within(point.x, range);
  const label = analysis.manifest.quantities.find(({ name }) => name === quantity)?.label ?? quantity;
  const x = {
    field: "x",
    type: "quantitative",
    title: `${label} (${scale.suffix})`,
    scale: { type: isLog ? "log" : "linear", domain: [range.low, range.high], nice: false },
    axis: isLog ? { values: logarithmicTicks(range), format: ".12~g" } : { format: ".12~g" },
  };
  const y = {
    field: "share",
    type: "quantitative",
    title: "share of requests",
    scale: { domain: [0, 1] },
    axis: { format: "%" },
  };
  const scales = seriesScales(placed.series);
  const dashed = points.map((point) => ({ ...point, dash: scales.dash.range[placed.series.indexOf(point.series)] }));
  const legend =
    placed.series.length > 1 ? { orient: "bottom", direction: "horizontal", title: null, columns: 4 } : null;
  const color = { field: "series", type: "nominal", scale: scales.colour, legend };
  const shape = { field: "series", type: "nominal", scale: scales.shape, legend };
  const strokeDash = { field: "dash", type: "nominal", scale: null };
  const mark = (filter: string, size: object) => ({
    transform: [{ filter: `datum.what === 'quantile' && ${filter}` }],
    mark: { type: "point", size: 55, opacity: 1, ...size },
    encoding: { x, y, color, shape },
  });
  const layer = [
    {
      transform: [{ filter: "datum.what === 'curve'" }],
      mark: { type: "line", interpolate: "step-after", strokeWidth: 1.5 },
      encoding: { x, y, color, strokeDash },
    },
    {
      transform: [{ filter: "datum.what === 'quantile' && datum.lower !== null" }],
      mark: { type: "rule", strokeWidth: 2.2 },
      encoding: { x: { ...x, field: "lower" }, x2: { field: "upper" }, y, color },
    },
    mark("!datum.isThin", { filled: true, stroke: "white", strokeWidth: 0.6 }),
    mark("datum.isThin", { filled: false, strokeWidth: 1.5 }),
  ];
  return { data: { values: dashed }, width: 560, height: 300, layer } as unknown as TopLevelSpec;
}

function curve(runs: readonly Run[], quantity: string, series: string): Point[] {
  const encoded = runs.map(({ histograms }) => histograms?.[quantity]).filter((text) => text !== undefined);
  const { values, counts, total } = mergeHistograms(encoded.map((text) => decodeHistogram(text)));
  const points: Point[] = [];
  let [passed, drawn] = [0, -1];
  for (const [at, value] of values.entries()) {
    passed += counts[at] as number;
    const step = Math.floor((STEPS * passed) / total);
    if (step === drawn && at > 0 && at < values.length - 1) continue;
    drawn = step;
    points.push({ what: "curve", series, x: value / 1e6, share: passed / total });
  }
  return points;
}
