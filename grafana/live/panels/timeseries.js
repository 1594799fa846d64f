// Lines over time. The legend below has a button for each line, which shows the value of now, or
// the one under the pointer, and hides or shows the line.

import { align, stack } from "../align.js";
import { lineDash, seriesColor } from "../colors.js";
import { fieldSettings } from "../fields.js";
import { format } from "../format.js";
import { CLOCK, createPlot, drawMoments, timeAxis, valueAxis } from "./plot.js";

/** @import { CreateView, Moment, Panel, Series } from "../types.d.ts" */
/** @import uPlot from "uplot" */

/** @type {CreateView} */
export function createTimeseries(panel, body) {
  const [canvas, legend] = [document.createElement("div"), document.createElement("div")];
  canvas.className = "plot";
  legend.className = "legend";
  body.append(canvas, legend);
  /** @type {{ key: string, plot: uPlot, destroy(): void } | null} */
  let drawn = null;
  /** The value of each line, which in a stacked panel is not where it is drawn. */
  let shown = align([], { startSeconds: 0, endSeconds: 0, stepSeconds: 1 });
  const isStacked = fieldSettings(panel, "")["custom.stacking"]?.mode === "normal";
  /** @type {Moment[]} */
  let marks = [];
  /** @type {Set<string>} */
  const hidden = new Set();

  return {
    update(unordered, window, moments) {
      const series = inOrder(panel, unordered);
      marks = moments;
      shown = align(series, window);
      const data = /** @type {uPlot.AlignedData} */ ([shown.times, ...shown.values]);
      const key = JSON.stringify(series.map(({ name }) => name));
      if (drawn === null || drawn.key !== key) {
        drawn?.destroy();
        const options = optionsOf(
          panel,
          series,
          hidden,
          () => marks,
          (index) => label(index),
        );
        drawn = { key, ...createPlot(canvas, options, data) };
        legend.replaceChildren(...series.map((one, index) => button(one, index)));
        if (isStacked) pile();
      } else if (isStacked) pile();
      else drawn.plot.setData(data);
      label(null);
      return series.some((one) => one.times.length > 0);
    },
    destroy() {
      drawn?.destroy();
      body.replaceChildren();
    },
  };

  /** @param {Series} series @param {number} index */
  function button({ name }, index) {
    const made = document.createElement("button");
    made.type = "button";
    made.title = `hide or show ${name}`;
    made.setAttribute("aria-pressed", String(!hidden.has(name)));
    const [mark, text, value] = [
      document.createElement("i"),
      document.createElement("span"),
      document.createElement("b"),
    ];
    mark.style.background = markOf(lineOf(panel, name, index));
    text.textContent = name;
    made.append(mark, text, value);
    made.addEventListener("click", () => {
      if (!hidden.delete(name)) hidden.add(name);
      made.setAttribute("aria-pressed", String(!hidden.has(name)));
      drawn?.plot.setSeries(index + 1, { show: !hidden.has(name) });
      if (isStacked) pile();
    });
    return made;
  }

  /**
   * Draws the lines that are not hidden on top of each other, and fills between each and the one
   * below.
   */
  function pile() {
    if (drawn === null) return;
    const { plot } = drawn;
    const places = [...shown.values.keys()].filter((index) => plot.series[index + 1]?.show);
    plot.delBand(null);
    for (const [place, index] of places.entries()) {
      if (place > 0) plot.addBand({ series: [index + 1, /** @type {number} */ (places[place - 1]) + 1] });
    }
    plot.setData(/** @type {uPlot.AlignedData} */ ([shown.times, ...stack(shown.values, places)]));
  }

  /**
   * Writes the values of one moment into the legend, or those of now. A line that has ended has
   * none.
   * @param {number | null | undefined} moment
   */
  function label(moment) {
    if (drawn === null) return;
    for (const [index, made] of [...legend.children].entries()) {
      const values = shown.values[index] ?? [];
      const value = values[moment ?? values.length - 1];
      const { unit = "none", decimals } = fieldSettings(panel, drawn.plot.series[index + 1]?.label?.toString() ?? "");
      /** @type {Element} */ (made.lastElementChild).textContent = format(value, unit, decimals);
    }
  }
}

/**
 * By query, then by name, so that a colour stays with its line.
 * @param {Panel} panel
 * @param {Series[]} series
 */
function inOrder({ targets = [] }, series) {
  const place = new Map(targets.map(({ refId }, index) => [refId, index]));
  const at = (/** @type {Series} */ { refId }) => place.get(refId) ?? 0;
  return [...series].sort((a, b) => at(a) - at(b) || a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/**
 * @param {Panel} panel
 * @param {Series[]} series
 * @param {ReadonlySet<string>} hidden
 * @param {() => Moment[]} moments
 * @param {(moment: number | null | undefined) => void} onCursor
 * @returns {Omit<uPlot.Options, "width" | "height">}
 */
function optionsOf(panel, series, hidden, moments, onCursor) {
  const { unit = "none", decimals, min, max } = fieldSettings(panel, "");
  return {
    ...CLOCK,
    legend: { show: false },
    cursor: { sync: { key: "rttlab" }, drag: { x: false, y: false }, points: { size: 5 } },
    scales: { y: { range: (_, low, high) => valueRange(low, high, min, max) } },
    axes: [timeAxis(), valueAxis((value) => format(value, unit, decimals))],
    series: [{}, ...series.map(({ name }, index) => ({ ...lineOf(panel, name, index), show: !hidden.has(name) }))],
    hooks: { draw: [(plot) => drawMoments(plot, moments())], setCursor: [(plot) => onCursor(plot.cursor.idx)] },
  };
}

/**
 * @param {Panel} panel
 * @param {string} name
 * @param {number} index
 */
function lineOf(panel, name, index) {
  const settings = fieldSettings(panel, name);
  const { fill, dash: asked } = settings["custom.lineStyle"] ?? {};
  const dash = lineDash(index, fill === "dash" ? asked : undefined);
  const opacity = Math.round((settings["custom.fillOpacity"] ?? 0) * 2.55);
  const color = seriesColor(index);
  return {
    label: name,
    stroke: color,
    width: settings["custom.lineWidth"] ?? 1,
    spanGaps: false,
    ...(opacity > 0 && { fill: `${color}${opacity.toString(16).padStart(2, "0")}` }),
    ...(dash !== undefined && { dash: [...dash] }),
    points: { show: false },
  };
}

/** A line as its mark in the legend. @param {ReturnType<typeof lineOf>} line */
function markOf({ stroke, dash = [1, 0] }) {
  const [length = 1, gap = 0] = dash;
  return `repeating-linear-gradient(90deg, ${stroke} 0 ${length}px, transparent 0 ${length + gap}px)`;
}

/**
 * From the panel's ends where it has them; never of no height.
 * @param {number | null} low
 * @param {number | null} high
 * @param {number | undefined} min
 * @param {number | undefined} max
 * @returns {uPlot.Range.MinMax}
 */
function valueRange(low, high, min, max) {
  const from = min === undefined ? (low ?? 0) : Math.min(min, low ?? min);
  const to = max ?? (high ?? 1) * 1.08;
  return to > from ? [from, to] : [from, from + 1];
}
