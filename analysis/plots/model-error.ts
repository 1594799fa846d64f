// The model's error, cell by cell, with its interval: filled where its assumptions hold, hollow
// where they do not, beside the band within which a model is called good.

import type { TopLevelSpec } from "vega-lite";
import { formatLevel } from "../format.ts";
import type { ModelError } from "../model-error.ts";
import type { Cell, Factor } from "../results.ts";
import { rangeOf, within } from "./axis.ts";

/** Nobody reads more rows than this: the worst stand for the rest. */
const MOST_ROWS = 48;

export function modelErrorCaption(cells: number): string {
  const shown = cells > MOST_ROWS ? `the worst ${MOST_ROWS} of ${cells} cells, ` : "";
  return `Relative error of the prediction with its 95 % interval; ${shown}worst first. Green: within ${100 * GOOD_ERROR} %.`;
}

/** The error up to which a model is called good in its domain. */
export const GOOD_ERROR = 0.1;

export function modelErrorPlot(errors: readonly ModelError[], factors: readonly Factor[]): TopLevelSpec {
  const worst = errors
    .toSorted((one, other) => Math.abs(other.relativeError.value) - Math.abs(one.relativeError.value))
    .slice(0, MOST_ROWS);
  const varying = factors.filter(({ levels }) => levels.length > 1);
  const percent = (value: number | null) => (value === null ? null : 100 * value);
  const rows = worst.map(({ cell, relativeError: { value, lower, upper }, isInDomain }) => ({
    cell: labelOf(cell, varying),
    domain: isInDomain ? "assumptions hold" : "assumptions do not hold",
    error: 100 * value,
    lower: percent(lower),
    upper: percent(upper),
  }));
  const good = 100 * GOOD_ERROR;
  const shown = rows.flatMap(({ error, lower, upper }) => [error, lower ?? error, upper ?? error]);
  const range = rangeOf([...shown, -1.2 * good, 1.2 * good], false);
  for (const row of rows) row.error = within(row.error, range);
  const x = {
    type: "quantitative",
    title: "predicted against measured (%)",
    scale: { domain: [range.low, range.high], nice: false },
    axis: { format: "+.12~g" },
  };
  const y = { field: "cell", type: "nominal", sort: null, title: null };
  const domains = ["assumptions hold", "assumptions do not hold"];
  const legend = { orient: "bottom", title: null };
  return {
    data: { values: rows },
    width: 460,
    height: { step: 17 },
    layer: [
      {
        data: { values: [{ from: -good, to: good }] },
        mark: { type: "rect", color: "#e3ecdf" },
        encoding: { x: { ...x, field: "from" }, x2: { field: "to" } },
      },
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: "rule", color: "#777" },
        encoding: { x: { ...x, field: "zero" } },
      },
      {
        transform: [{ filter: "datum.lower !== null" }],
        mark: { type: "rule", strokeWidth: 1.4 },
        encoding: { x: { ...x, field: "lower" }, x2: { field: "upper" }, y },
      },
      {
        mark: { type: "point", size: 55, opacity: 1, stroke: "#0b3c74", strokeWidth: 1.4 },
        encoding: {
          x: { ...x, field: "error" },
          y,
          fill: { field: "domain", type: "nominal", scale: { domain: domains, range: ["#0b3c74", "white"] }, legend },
          shape: { field: "domain", type: "nominal", scale: { domain: domains, range: ["circle", "square"] }, legend },
        },
      },
    ],
  } as unknown as TopLevelSpec;
}

/** The levels of the factors that vary, as a table's row would have them. */
export function labelOf({ levels }: Cell, factors: readonly Factor[]): string {
  return factors.map(({ name, unit }) => formatLevel(levels[name] ?? "", unit)).join(", ");
}
