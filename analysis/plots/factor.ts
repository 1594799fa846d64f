// A quantity against a factor, by series and panel: the mean of the runs with its 95 % interval,
// and a line for each model of it, dotted where its assumptions do not hold. Series stand a little
// apart, models and all, so that their intervals do not hide one another.

import type { TopLevelSpec } from "vega-lite";
import type { Analysis } from "../analyse.ts";
import { scaleOf } from "../format.ts";
import type { PlotRequest, Prediction } from "../results.ts";
import { linesOf, logarithmicTicks, type Range, rangeOf, within } from "./axis.ts";
import { type PlacedCell, type PlacedCells, placeCells } from "./cells.ts";
import { MODEL_WIDTHS, OUTSIDE_DASH, seriesScales } from "./theme.ts";

interface Row {
  what: "measured" | "model";
  series: string;
  panel: string;
  x: number | string;
  y: number;
  lower: number | null;
  upper: number | null;
  /** Of a line. */
  model: string;
  /** Model lines break where the domain ends. */
  piece: string;
  isInDomain: boolean;
  dash: readonly number[];
}

export function factorPlot(analysis: Analysis, request: PlotRequest): TopLevelSpec {
  const placed = placeCells(analysis, request);
  const { manifest } = analysis;
  const quantity = manifest.quantities.find(({ name }) => name === request.quantities[0]);
  const isLoad = request.kind === "load";
  const rows = rowsOf(placed, manifest.predictions, request.quantities[0] as string);
  const largest = Math.max(...rows.map(({ y }) => y), 0);
  const yScale = scaleOf(largest, quantity?.unit ?? "");
  const isYLog = request.logarithmic?.includes("y") ?? false;
  for (const row of rows) {
    row.y *= yScale.factor;
    if (row.lower !== null) row.lower *= yScale.factor;
    if (row.upper !== null) row.upper *= yScale.factor;
  }
  const yRange = rangeOf(
    rows.flatMap(({ y, lower, upper }) => [y, lower ?? y, upper ?? y]),
    isYLog,
  );
  for (const row of rows) {
    row.y = within(row.y, yRange);
    if (row.lower !== null) row.lower = within(row.lower, yRange);
    if (row.upper !== null) row.upper = within(row.upper, yRange);
  }
  const models = [...new Set(rows.filter(({ what }) => what === "model").map(({ model }) => model))];
  const x = xChannel(placed, rows, request);
  const ideal = isLoad && placed.x?.unit === quantity?.unit ? idealRows(placed, x.scaled, yScale.factor, yRange) : [];
  const title = [quantity?.label, yScale.suffix === "" ? "" : `(${yScale.suffix})`].join(" ").trim();
  const y = {
    field: "y",
    type: "quantitative",
    title: linesOf(title),
    scale: { type: isYLog ? "log" : "linear", domain: [yRange.low, yRange.high], nice: false },
    axis: isYLog ? { values: logarithmicTicks(yRange), format: ".12~g" } : { format: ".12~g" },
  };
  const scales = seriesScales(placed.series);
  for (const row of rows) row.dash = scales.dash.range[placed.series.indexOf(row.series)] ?? [];
  const isNamed = placed.series.length > 1 || placed.series[0] !== "";
  const legend = isNamed ? { orient: "bottom", direction: "horizontal", title: null, columns: 4 } : null;
  const colour = { field: "series", type: "nominal", scale: scales.colour, legend };
  const shape = { field: "series", type: "nominal", scale: scales.shape, legend };
  const dash = { field: "dash", type: "nominal", scale: null };
  const isModel = "datum.what === 'model'";
  const isMeasured = "datum.what === 'measured'";
  const line = (filter: string, mark: object, more: object) => ({
    transform: [{ filter }],
    mark: { type: "line", ...mark },
    encoding: { x: x.channel, y, color: colour, detail: { field: "piece" }, ...more },
  });
  const bounded = { transform: [{ filter: `${isMeasured} && datum.lower !== null` }] };
  const cap = (field: string) => ({
    ...bounded,
    mark: { type: "tick", orient: "horizontal", size: 7, thickness: 1.3 },
    encoding: { x: x.channel, y: { ...y, field }, color: colour },
  });
  const layer = [
    ...(ideal.length > 0
      ? [
          {
            data: { values: ideal },
            mark: { type: "line", color: "#999", strokeDash: [2, 3] },
            encoding: { x: x.channel, y },
          },
        ]
      : []),
    ...(models.length > 0
      ? [
          line(`${isModel} && datum.isInDomain`, {}, { strokeDash: dash, ...widthOf(models) }),
          line(`${isModel} && !datum.isInDomain`, { strokeDash: OUTSIDE_DASH }, widthOf(models)),
        ]
      : x.isNumeric
        ? [line(isMeasured, {}, { strokeDash: dash, strokeWidth: { value: 1 } })]
        : []),
    {
      ...bounded,
      mark: { type: "rule", strokeWidth: 1.3 },
      encoding: { x: x.channel, y: { ...y, field: "lower" }, y2: { field: "upper" }, color: colour },
    },
    cap("lower"),
    cap("upper"),
    {
      transform: [{ filter: isMeasured }],
      mark: { type: "point", filled: true, size: 65, opacity: 1, stroke: "white", strokeWidth: 0.6 },
      encoding: { x: x.channel, y, color: colour, shape },
    },
  ];
  return inPanels(layer, rows, placed, analysis, request);
}

/** Several models differ in how broad their lines are. */
function widthOf(models: readonly string[]): object {
  if (models.length < 2) return { strokeWidth: { value: 1.6 } };
  const scale = {
    type: "ordinal",
    domain: models,
    range: models.map((_, at) => MODEL_WIDTHS[at % MODEL_WIDTHS.length]),
  };
  const legend = { orient: "bottom", direction: "horizontal", title: null, symbolType: "stroke" };
  return { strokeWidth: { field: "model", type: "ordinal", scale, legend } };
}

function inPanels(
  layer: readonly object[],
  rows: readonly Row[],
  placed: PlacedCells,
  { manifest }: Analysis,
  request: PlotRequest,
): TopLevelSpec {
  const { panels } = placed;
  const data = { values: rows };
  if (panels.length < 2) return { data, width: 560, height: 300, layer } as unknown as TopLevelSpec;
  const label = manifest.factors.find(({ name }) => name === request.panel)?.label ?? "";
  const columns = panels.length === 4 ? 2 : Math.min(3, panels.length);
  return {
    data,
    facet: { field: "panel", type: "nominal", sort: panels, header: { title: label } },
    columns,
    spec: { width: columns === 2 ? 330 : 230, height: 230, layer },
  } as unknown as TopLevelSpec;
}

function rowsOf({ cells }: PlacedCells, predictions: readonly Prediction[], quantity: string): Row[] {
  const models = Map.groupBy(
    predictions.filter((prediction) => prediction.quantity === quantity),
    ({ model }) => model,
  );
  const measured = cells.flatMap(({ summary, x, series, panel }): Row[] => {
    const { value, lower, upper } = summary.quantities.get(quantity)?.mean ?? {
      value: Number.NaN,
      lower: null,
      upper: null,
    };
    if (Number.isNaN(value)) return [];
    return [
      { what: "measured", series, panel, x, y: value, lower, upper, model: "", piece: "", isInDomain: true, dash: [] },
    ];
  });
  return [...measured, ...[...models].flatMap(([model, own]) => modelRows(cells, model, own))];
}

/** Lines in pieces, each in the domain or outside; a stretch between the two counts as outside. */
function modelRows(cells: readonly PlacedCell[], model: string, predictions: readonly Prediction[]): Row[] {
  const predicted = new Map(predictions.map((prediction) => [prediction.cell, prediction]));
  const lines = Map.groupBy(
    cells.filter(({ summary, x }) => predicted.has(summary.cell.id) && typeof x === "number"),
    ({ series, panel }) => JSON.stringify([series, panel]),
  );
  return [...lines.values()].flatMap((line) => {
    const sorted = line.toSorted((one, other) => Number(one.x) - Number(other.x));
    return sorted.flatMap((cell, at): Row[] => {
      const next = sorted[at + 1];
      const [from, to] = [cell, next ?? cell].map(({ summary }) => predicted.get(summary.cell.id) as Prediction) as [
        Prediction,
        Prediction,
      ];
      const isInDomain = [from, to].every(({ brokenAssumptions }) => brokenAssumptions.length === 0);
      const row = {
        what: "model",
        model,
        series: cell.series,
        panel: cell.panel,
        lower: null,
        upper: null,
        isInDomain,
        dash: [],
      } as const;
      const piece = `${model} ${cell.series} ${cell.panel} ${at}`;
      return [
        { ...row, piece, x: cell.x, y: from.value },
        { ...row, piece, x: (next ?? cell).x, y: to.value },
      ];
    });
  });
}

/** Words stand side by side by series; numbers are moved apart by a small part of the axis. */
function xChannel({ x, series, cells }: PlacedCells, rows: Row[], request: PlotRequest) {
  const numbers = cells.map((cell) => cell.x).filter((value) => typeof value === "number");
  const isNumeric = numbers.length === cells.length && cells.length > 0;
  const scale = isNumeric ? scaleOf(Math.max(...numbers), x?.unit ?? "") : { factor: 1, suffix: "" };
  const title = [x?.label, scale.suffix === "" ? "" : `(${scale.suffix})`].join(" ").trim();
  const scaled = (value: number) => value * scale.factor;
  if (!isNumeric) {
    const sort = x?.levels.map(String) ?? [];
    return { isNumeric, scaled, channel: { field: "x", type: "nominal", sort, title, axis: { labelAngle: 0 } } };
  }
  const levels = [...new Set(numbers)].sort((one, other) => one - other).map(scaled);
  const isLog = (request.logarithmic?.includes("x") ?? false) && (levels[0] as number) > 0;
  const range = rangeOf(levels, isLog);
  if (!isLog) range.low = Math.min(0, range.low);
  for (const row of rows) {
    const apart = (series.indexOf(row.series) - (series.length - 1) / 2) * 0.018;
    const place = scaled(Number(row.x));
    row.x = isLog ? place * (range.high / range.low) ** apart : place + apart * (range.high - range.low);
  }
  const channel = {
    field: "x",
    type: "quantitative",
    title,
    scale: { type: isLog ? "log" : "linear", domain: [range.low, range.high], nice: false },
    axis: { values: levels, format: ".12~g", grid: false },
  };
  return { isNumeric, scaled, channel };
}

/** The line that a load cannot pass: all that is offered is carried. */
function idealRows({ cells }: PlacedCells, scaled: (value: number) => number, yFactor: number, yRange: Range) {
  const levels = cells.map(({ x }) => x).filter((x) => typeof x === "number");
  return [0, Math.min(Math.max(...levels), yRange.high / yFactor)].map((x) => ({ x: scaled(x), y: x * yFactor }));
}
