// The essay's two figures of its own: the rates measured over the network's curves, and by how much
// the network is off in each cell that it predicts.

import type { TopLevelSpec } from "vega-lite";
import { renderSvg } from "../plots/render.ts";
import { seriesScales } from "../plots/theme.ts";
import { errorOf, isPredicted, predict } from "./network.ts";
import { measured, placesOf, type Runs, usersOf } from "./runs.ts";

const SHOWN = ["event", "coroutine", "staged", "prethread", "prefork"];
const COUNTS = [1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];
const KIBIBYTE = 1024;

/** SVG by file name. */
export async function essayFigures(runs: Runs): Promise<Record<string, string>> {
  return {
    "rates.svg": await renderSvg(ratesFigure(runs), "rates", "Requests a second by users: measured, and by the model"),
    "errors.svg": await renderSvg(errorsFigure(runs), "errors", "Error of the model in the cells that it predicts"),
  };
}

function ratesFigure(runs: Runs): TopLevelSpec {
  const points = placesOf(runs)
    .filter(({ structure, sizeBytes }) => SHOWN.includes(structure) && sizeBytes === KIBIBYTE)
    .map((place) => ({ ...place, rate: measured(runs, "rate", place).value }));
  const most = Math.max(...usersOf(runs));
  const counts = COUNTS.filter((users) => users <= most);
  const lines = SHOWN.flatMap((structure) =>
    counts.map((users) => ({ structure, users, rate: predict(runs, { structure, users, sizeBytes: KIBIBYTE }).rate })),
  );
  const x = { field: "users", type: "quantitative", scale: { type: "log", base: 2 }, title: "users" };
  const y = { field: "rate", type: "quantitative", scale: { type: "log" }, title: "requests per second" };
  const { color, shape } = scalesFor(SHOWN);
  return {
    width: 480,
    height: 300,
    layer: [
      { data: { values: lines }, mark: { type: "line", clip: true }, encoding: { x, y, color } },
      { data: { values: points }, mark: { type: "point", filled: true, size: 60 }, encoding: { x, y, color, shape } },
    ],
  } as TopLevelSpec;
}

function errorsFigure(runs: Runs): TopLevelSpec {
  const rows = placesOf(runs)
    .filter(isPredicted)
    .map((place) => ({
      cell: `${place.structure}, ${place.users} users, ${place.sizeBytes / KIBIBYTE} KiB`,
      error: 100 * errorOf(runs, "rate", place),
    }));
  return {
    width: 420,
    data: { values: rows },
    mark: { type: "bar" },
    encoding: {
      x: { field: "error", type: "quantitative", title: "predicted rate beside the measured one, %" },
      y: { field: "cell", type: "nominal", sort: { field: "error", order: "ascending" }, title: null },
    },
  } as TopLevelSpec;
}

function scalesFor(series: readonly string[]) {
  const scales = seriesScales(series);
  return {
    color: { field: "structure", type: "nominal", scale: scales.colour, title: "structure" },
    shape: { field: "structure", type: "nominal", scale: scales.shape, title: "structure" },
  };
}
