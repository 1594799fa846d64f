// The common part of time series and heatmaps in uPlot: a plot as wide as its panel, a time axis,
// the page's colours, marks at moments.

import uPlot from "uplot";
import { namedColor, pageColor } from "../colors.js";

/** @import { Moment } from "../types.d.ts" */

/**
 * A plot that keeps to the size of its element.
 * @param {HTMLElement} body
 * @param {Omit<uPlot.Options, "width" | "height">} options
 * @param {uPlot.AlignedData} data
 */
export function createPlot(body, options, data) {
  const size = () => ({ width: Math.max(200, body.clientWidth), height: Math.max(120, body.clientHeight) });
  const plot = new uPlot({ ...size(), ...options }, data, body);
  const observer = new ResizeObserver(() => plot.setSize(size()));
  observer.observe(body);
  return {
    plot,
    destroy() {
      observer.disconnect();
      plot.destroy();
    },
  };
}

/** The axis of time. @returns {uPlot.Axis} */
export function timeAxis() {
  return { stroke: pageColor("--faint"), grid: grid(), ticks: grid(), space: 70, size: 32 };
}

/** An axis of values. @param {(value: number) => string} write @returns {uPlot.Axis} */
export function valueAxis(write) {
  return {
    stroke: pageColor("--faint"),
    grid: grid(),
    ticks: grid(),
    size: 76,
    values: (_, splits) => splits.map(write),
  };
}

function grid() {
  return { stroke: pageColor("--grid"), width: 1 };
}

/**
 * Times of the browser's place, of 24 hours, and dates as ISO 8601 has them: uPlot's own have
 * twelve hours and the month first.
 * @type {Pick<uPlot.Options, "fmtDate">}
 */
export const CLOCK = {
  fmtDate(template) {
    const iso = template.replace("{M}/{D}/{YY}", "{YYYY}-{MM}-{DD}").replace("{M}/{D}", "{MM}-{DD}");
    return uPlot.fmtDate(iso.replace("{h}", "{HH}").replace("{aa}", ""));
  },
};

/** A line at each moment. @param {uPlot} plot @param {readonly Moment[]} moments */
export function drawMoments(plot, moments) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { seconds, color } of moments) {
    const x = plot.valToPos(seconds, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = namedColor(color);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
