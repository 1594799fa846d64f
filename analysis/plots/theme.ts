// One look for all plots. Three things distinguish a series: its lightness, which survives a grey
// printer; its hue, which colour-blind people distinguish too (after Okabe and Ito, "Color
// universal design", 2008); and the shape of its points and the dashes of its line.

import type { Config } from "vega-lite";

/** Neighbours differ in lightness, and so do any two of the first four. */
const COLOURS = ["#0b3c74", "#d95f02", "#79bbe6", "#93358f", "#cfa600", "#0f6b4f", "#8c8c8c", "#1a1a1a"];
const SHAPES = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "cross",
  "triangle-down",
  "triangle-right",
  "triangle-left",
];
const DASHES = [
  [1, 0],
  [7, 3],
  [3, 2],
  [9, 3, 2, 3],
  [5, 5],
  [12, 4],
  [2, 4],
  [4, 2, 1, 2],
];
/** From dark to light, for parts that are stacked and outlined in white. */
const SHADES = ["#123a5e", "#3f7cac", "#8fb8d6", "#d5e4ef", "#6b6b6b", "#b8b8b8"];

/** Predictions outside a model's domain are dotted, in every series. */
export const OUTSIDE_DASH = [1, 4];

/** Of the lines of several models. */
export const MODEL_WIDTHS = [2.2, 0.9, 3.6, 1.5];

/** More series than this look alike. */
export const MOST_SERIES = COLOURS.length;

const FONT = "DejaVu Sans, Helvetica, Arial, sans-serif";

export const CONFIG: Config = {
  background: "white",
  aria: false,
  font: FONT,
  padding: 6,
  axis: {
    gridColor: "#e6e6e6",
    domainColor: "#444",
    tickColor: "#444",
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelColor: "#222",
    titleColor: "#222",
    titlePadding: 8,
    labelFlush: false,
    labelLimit: 400,
  },
  view: { stroke: "#bbb" },
  legend: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    symbolSize: 80,
    symbolOpacity: 1,
    labelLimit: 400,
  },
  header: { labelFontSize: 12, titleFontSize: 12, labelFontWeight: "bold", titleFontWeight: "normal" },
};

/** Scales that give each series its colour, shape and dashes, in the order of `names`. */
export function seriesScales(names: readonly string[]) {
  const domain = [...names];
  const some = <Item>(items: readonly Item[]) => names.map((_, at) => items[at % items.length] as Item);
  return {
    colour: { domain, range: some(COLOURS) },
    shape: { domain, range: some(SHAPES) },
    dash: { domain, range: some(DASHES) },
    shade: { domain, range: some(SHADES) },
  };
}
