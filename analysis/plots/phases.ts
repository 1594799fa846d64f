// Where the time goes: the means of a run's phases, stacked, with the 95 % interval of their sum.
// The sum is taken in each run, because the intervals of phases do not add; so a run that lacks one
// of them has no part in it.

import type { Analysis } from "../analyse.ts";
import { type CellSummary, canTell } from "../cells.ts";
import { formatLevel, scaleOf } from "../format.ts";
import type { Level, PlotRequest } from "../results.ts";
import { meanWithInterval } from "../stats/mean-interval.ts";
import { mean } from "../stats/summary.ts";
import { rangeOf } from "./axis.ts";
import { placeCells } from "./cells.ts";
import { inPanels } from "./panels.ts";
import type { Drawing } from "./render.ts";
import { seriesScales } from "./theme.ts";

const CAPTION = "Means of the runs that have all phases, stacked, with the 95 % interval of their sum.";

export function phasesPlot(analysis: Analysis, request: PlotRequest): Drawing {
  const placed = placeCells(analysis, request);
  const { quantities } = analysis.manifest;
  const labels = request.quantities.map((name) => quantities.find((one) => one.name === name)?.label ?? name);
  const labelOf = (x: Level) => formatLevel(x, placed.x?.unit ?? "");
  const bars = placed.cells.flatMap(({ summary, x, panel }) => {
    const phases = wholeRuns(summary, request.quantities);
    const parts = request.quantities.map((_, at) => mean(phases.map((lengths) => lengths[at] as number)));
    const total = meanWithInterval(phases.map((lengths) => lengths.reduce((sum, length) => sum + length, 0)));
    return phases.length === 0 ? [] : [{ x: labelOf(x), panel, parts, total }];
  });
  const unit = quantities.find(({ name }) => name === request.quantities[0])?.unit ?? "";
  const { factor, suffix } = scaleOf(Math.max(0, ...bars.map(({ total }) => total.value)), unit);
  const parts = bars.flatMap(({ x, panel, parts: lengths }) => {
    let from = 0;
    return lengths.map((length, at) => {
      const below = from;
      from += length * factor;
      return { what: "part", x, panel, phase: labels[at], from: below, to: from };
    });
  });
  const totals = bars.map(({ x, panel, total }) => {
    const bound = (value: number | null) => (value === null ? null : value * factor);
    return {
      what: "total",
      x,
      panel,
      value: total.value * factor,
      lower: bound(total.lower),
      upper: bound(total.upper),
    };
  });
  const range = rangeOf(
    totals.flatMap(({ value, upper }) => [value, upper ?? value]),
    false,
  );
  const x = {
    field: "x",
    type: "nominal",
    title: placed.x?.label ?? "",
    sort: placed.x?.levels.map(labelOf) ?? [],
    axis: { labelAngle: -30 },
  };
  const y = { type: "quantitative", title: `time (${suffix})`, scale: { domain: [0, range.high], nice: false } };
  const legend = { orient: "bottom", direction: "horizontal", title: null };
  const isBounded = [{ filter: "datum.what === 'total' && datum.lower !== null" }];
  const layer = [
    {
      transform: [{ filter: "datum.what === 'part'" }],
      mark: { type: "bar", stroke: "white", strokeWidth: 1 },
      encoding: {
        x,
        y: { ...y, field: "from" },
        y2: { field: "to" },
        color: { field: "phase", type: "nominal", scale: seriesScales(labels).shade, legend },
      },
    },
    {
      transform: isBounded,
      mark: { type: "rule", strokeWidth: 1.4, color: "black" },
      encoding: { x, y: { ...y, field: "lower" }, y2: { field: "upper" } },
    },
    ...["lower", "upper"].map((field) => ({
      transform: isBounded,
      mark: { type: "tick", orient: "horizontal", size: 9, thickness: 1.4, color: "black" },
      encoding: { x, y: { ...y, field } },
    })),
  ];
  return { spec: inPanels(layer, [...parts, ...totals], placed, { step: 70 }), caption: CAPTION };
}

/** The phases of each run that has all of them; none where the cell cannot tell of one. */
function wholeRuns(summary: CellSummary, names: readonly string[]): number[][] {
  if (!names.every((name) => canTell(summary, name))) return [];
  return summary.runs
    .map(({ values }) => names.flatMap((name) => values[name] ?? []))
    .filter((lengths) => lengths.length === names.length);
}
