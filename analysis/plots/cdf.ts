// The distribution of single requests' times, all runs of a cell together, as a cumulative curve by
// series and panel. The marks are the mean of the runs' own quantiles (50, 90, 99 %) with their
// intervals; those with too few requests beyond them are hollow.

import type { Analysis } from "../analyse.ts";
import { scaleOf } from "../format.ts";
import type { PlotRequest, Run } from "../results.ts";
import { decodeHistogram, mergeHistograms } from "../stats/histograms.ts";
import { logarithmicTicks, rangeOf, within } from "./axis.ts";
import { placeCells } from "./cells.ts";
import { inPanels } from "./panels.ts";
import type { Drawing } from "./render.ts";
import { seriesScales } from "./theme.ts";

const CAPTION =
  "All requests of all runs. Marks: the mean of the runs' own 50, 90 and 99 % with 95 % intervals, hollow where too few requests lie beyond.";

/** Steps of a curve: more than a screen shows. */
const STEPS = 250;

interface Point {
  what: "curve" | "quantile";
  series: string;
  panel: string;
  x: number;
  share: number;
  lower?: number | null;
  upper?: number | null;
  isThin?: boolean;
}

export function cdfPlot(analysis: Analysis, request: PlotRequest): Drawing {
  const placed = placeCells(analysis, request);
  const quantity = request.quantities[0] as string;
  const points = placed.cells.flatMap(({ summary, series, panel }): Point[] => {
    const latency = summary.latencies.get(quantity);
    if (latency === undefined) return [];
    const marks = latency.quantiles
      .filter(({ quantile }) => !Number.isNaN(quantile.value))
      .map(({ ratio, quantile: { value, lower, upper, isThin } }): Point => {
        return { what: "quantile", series, panel, x: value, share: ratio, lower, upper, isThin };
      });
    const steps = curve(summary.runs, quantity).map((step): Point => ({ what: "curve", series, panel, ...step }));
    return [...steps, ...marks];
  });
  const scale = scaleOf(Math.max(0, ...points.map(({ x }) => x)) / 3, "s");
  const transform = (each: (value: number) => number) => {
    for (const point of points) {
      point.x = each(point.x);
      if (typeof point.lower === "number") point.lower = each(point.lower);
      if (typeof point.upper === "number") point.upper = each(point.upper);
    }
  };
  transform((value) => value * scale.factor);
  const isLog = request.logarithmic?.includes("x") ?? false;
  const range = rangeOf(
    points.flatMap(({ x, lower, upper }) => [x, lower ?? x, upper ?? x]),
    isLog,
  );
  transform((value) => within(value, range));
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
  return { spec: inPanels(layer, dashed, placed), caption: CAPTION };
}

function curve(runs: readonly Run[], quantity: string): Pick<Point, "x" | "share">[] {
  const encoded = runs.map(({ histograms }) => histograms?.[quantity]).filter((text) => text !== undefined);
  const { values, counts, total } = mergeHistograms(encoded.map((text) => decodeHistogram(text)));
  const points: Pick<Point, "x" | "share">[] = [];
  let [passed, drawn] = [0, -1];
  for (const [at, value] of values.entries()) {
    passed += counts[at] as number;
    const step = Math.floor((STEPS * passed) / total);
    if (step === drawn && at > 0 && at < values.length - 1) continue;
    drawn = step;
    points.push({ x: value / 1e6, share: passed / total });
  }
  return points;
}
