// Which share of requests took longer than a time, one line a generator, closed loads beside open
// ones. Both axes are logarithmic: what a generator omits is a few requests among thousands.

import type { TopLevelSpec } from "vega-lite";
import { logarithmicTicks, rangeOf } from "../../analysis/plots/axis.ts";
import { seriesScales } from "../../analysis/plots/theme.ts";
import type { Quantile } from "./quantiles.ts";

export interface Spread {
  name: string;
  latencies: readonly Quantile[];
}

/** Shapes stand at these, so that lines differ without colour. */
const MARKED_MILLIS = [10, 30, 100, 300, 700];
const LEAST_SHARE = 1e-4;

interface Point {
  series: string;
  millis: number;
  share: number;
  isMarked: boolean;
  dash: readonly number[];
}

export function stallPlot(panels: Readonly<Record<string, readonly Spread[]>>): TopLevelSpec {
  const all = Object.values(panels).flatMap((spreads) => spreads.flatMap(({ latencies }) => latencies));
  const range = rangeOf(
    all.map(({ micros }) => micros / 1000),
    true,
  );
  const views = Object.entries(panels).map(([title, spreads], index) => view(title, spreads, range, index === 0));
  return {
    hconcat: views,
    bounds: "flush",
    spacing: 60,
    resolve: { scale: { color: "independent", shape: "independent" } },
  } as TopLevelSpec;
}

function view(title: string, spreads: readonly Spread[], range: { low: number; high: number }, isFirst: boolean) {
  const names = spreads.map(({ name }) => name);
  const scales = seriesScales(names);
  const points = spreads.flatMap(({ name, latencies }, index) =>
    pointsOf(name, latencies, scales.dash.range[index] ?? []),
  );
  const ticks = logarithmicTicks(range);
  const x = {
    field: "millis",
    type: "quantitative",
    title: "latency (ms)",
    scale: { type: "log", domain: [range.low, range.high], nice: false },
    axis: { values: ticks, format: ".12~g" },
  };
  const y = {
    field: "share",
    type: "quantitative",
    title: isFirst ? "share that took longer" : "",
    scale: { type: "log", domain: [LEAST_SHARE, 1], nice: false },
    axis: { values: [1e-4, 1e-3, 1e-2, 0.1, 1], format: ".12~%" },
  };
  const legend = { orient: "bottom", direction: "vertical", title: null, columns: 1 };
  const color = { field: "series", type: "nominal", scale: scales.colour, legend };
  const shape = { field: "series", type: "nominal", scale: scales.shape, legend };
  return {
    title: { text: title, fontSize: 12 },
    data: { values: points },
    width: 330,
    height: 260,
    layer: [
      {
        mark: { type: "line", interpolate: "step-before", strokeWidth: 1.6 },
        encoding: { x, y, color, strokeDash: { field: "dash", type: "nominal", scale: null } },
      },
      {
        transform: [{ filter: "datum.isMarked" }],
        mark: { type: "point", filled: true, size: 55, opacity: 1, stroke: "white", strokeWidth: 0.6 },
        encoding: { x, y, color, shape },
      },
    ],
  };
}

function pointsOf(series: string, latencies: readonly Quantile[], dash: readonly number[]): Point[] {
  const shown = latencies
    .filter(({ micros }) => micros > 0)
    .map(({ ratio, micros }) => ({ millis: micros / 1000, share: Math.max(LEAST_SHARE, 1 - ratio) }));
  const marked = new Set(MARKED_MILLIS.map((mark) => shown.findIndex(({ millis }) => millis >= mark)));
  return shown.map(({ millis, share }, index) => ({ series, millis, share, isMarked: marked.has(index), dash }));
}
