// A quantity against a factor, by series and panel: the mean of the runs with its 95 % interval,
// and a line for each model of it, dotted where its assumptions do not hold. Series stand a little
// apart, models and all, so that their intervals do not hide one another. A logarithmic axis has no
// place for 0, so means of 0 are hollow on its edge, and intervals that go on below have no end.

import type { Analysis } from "../analyse.ts";
import { scaleOf } from "../format.ts";
import type { PlotRequest, Prediction } from "../results.ts";
import { linesOf, logarithmicTicks, type Range, rangeOf, within } from "./axis.ts";
import { type PlacedCell, type PlacedCells, placeCells } from "./cells.ts";
import { inPanels } from "./panels.ts";
import type { Drawing } from "./render.ts";
import { MODEL_WIDTHS, OUTSIDE_DASH, seriesScales } from "./theme.ts";

const POINTS = "Points: means of runs with 95 % intervals.";
const LINES =
  "Lines: the model's prediction, those of several models by their width, dotted where assumptions do not hold; without a model they join the means.";
const IDEAL = "Grey dots: everything offered is carried.";
const AT_EDGE = "Hollow, on the lower edge: means of 0, for which a logarithmic axis has no place.";
const CUT = "An interval with no lower end goes on to 0 or below.";

/** Pieces of the ideal line, which is bent where one axis alone is logarithmic. */
const IDEAL_PIECES = 60;

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
  /** Of a mean of 0 on a logarithmic axis. */
  isAtEdge: boolean;
  /** Of an interval that reaches 0 or less on one. */
  isCut: boolean;
  dash: readonly number[];
}

export function factorPlot(analysis: Analysis, request: PlotRequest): Drawing {
  const placed = placeCells(analysis, request);
  const { manifest } = analysis;
  const quantity = manifest.quantities.find(({ name }) => name === request.quantities[0]);
  const isYLog = request.logarithmic?.includes("y") ?? false;
  const rows = rowsOf(placed, manifest.predictions, request.quantities[0] as string).filter(
    ({ what, y }) => !isYLog || what === "measured" || y > 0,
  );
  const largest = Math.max(...rows.map(({ y }) => y), 0);
  const yScale = scaleOf(largest, quantity?.unit ?? "");
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
    row.isAtEdge = isYLog && row.y <= 0;
    row.isCut = isYLog && row.lower !== null && row.lower <= 0;
    row.y = within(row.y, yRange);
    if (row.lower !== null) row.lower = within(row.lower, yRange);
    if (row.upper !== null) row.upper = within(row.upper, yRange);
  }
  const models = [...new Set(rows.filter(({ what }) => what === "model").map(({ model }) => model))];
  const x = xChannel(placed, rows, request);
  const isOffered = request.kind === "load" && isComparable(placed, quantity?.unit ?? "");
  const ideal = isOffered && x.range !== null ? idealRows(placed, x.range, x.factor, yRange, yScale.factor) : [];
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
    encoding: { ...x.place, y, color: colour, detail: { field: "piece" }, ...more },
  });
  const bounded = `${isMeasured} && datum.lower !== null`;
  const cap = (field: string, filter: string) => ({
    transform: [{ filter }],
    mark: { type: "tick", orient: "horizontal", size: 7, thickness: 1.3 },
    encoding: { ...x.place, y: { ...y, field }, color: colour },
  });
  const points = (filter: string, mark: object) => ({
    transform: [{ filter: `${isMeasured} && ${filter}` }],
    mark: { type: "point", size: 65, opacity: 1, ...mark },
    encoding: { ...x.place, y, color: colour, shape },
  });
  const isAnyAtEdge = rows.some(({ isAtEdge }) => isAtEdge);
  const layer = [
    ...(ideal.length > 0
      ? [
          {
            data: { values: ideal },
            mark: { type: "line", color: "#999", strokeDash: [2, 3] },
            encoding: { ...x.place, y },
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
      transform: [{ filter: bounded }],
      mark: { type: "rule", strokeWidth: 1.3 },
      encoding: { ...x.place, y: { ...y, field: "lower" }, y2: { field: "upper" }, color: colour },
    },
    cap("lower", `${bounded} && !datum.isCut`),
    cap("upper", bounded),
    points("!datum.isAtEdge", { filled: true, stroke: "white", strokeWidth: 0.6 }),
    ...(isAnyAtEdge ? [points("datum.isAtEdge", { filled: false, strokeWidth: 1.5 })] : []),
  ];
  const caption = [
    POINTS,
    ...(x.isNumeric ? [LINES] : []),
    ...(ideal.length > 0 ? [IDEAL] : []),
    ...(isAnyAtEdge ? [AT_EDGE] : []),
    ...(rows.some(({ isCut, isAtEdge }) => isCut && !isAtEdge) ? [CUT] : []),
  ].join(" ");
  return { spec: inPanels(layer, rows, placed), caption };
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
    const row = { what: "measured", series, panel, x, y: value, lower, upper } as const;
    return [{ ...row, model: "", piece: "", isInDomain: true, isAtEdge: false, isCut: false, dash: [] }];
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
        isAtEdge: false,
        isCut: false,
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
    return {
      isNumeric,
      factor: 1,
      range: null,
      place: {
        x: { field: "x", type: "nominal", sort, title, axis: { labelAngle: 0 }, scale: { paddingInner: 0.4 } },
        ...(series.length > 1 && { xOffset: { field: "series", type: "nominal", sort: series } }),
      },
    };
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
  return { isNumeric, factor: scale.factor, range, place: { x: channel } };
}

/** A bare number on the x axis is so many a second, as the rate of a load is. */
function isComparable({ x }: PlacedCells, unit: string): boolean {
  return x?.unit === unit || (x?.unit === "" && unit === "1/s");
}

/** The line that a load cannot pass, within the picture: all that is offered is carried. */
function idealRows({ cells }: PlacedCells, xRange: Range, xFactor: number, yRange: Range, yFactor: number) {
  const from = Math.max(xRange.low / xFactor, yRange.low / yFactor);
  const to = Math.min(Math.max(...cells.map(({ x }) => Number(x))), yRange.high / yFactor);
  if (to <= from) return [];
  return Array.from({ length: IDEAL_PIECES + 1 }, (_, at) => {
    const share = at / IDEAL_PIECES;
    const offered = from > 0 ? from * (to / from) ** share : from + (to - from) * share;
    return { x: offered * xFactor, y: offered * yFactor };
  });
}
