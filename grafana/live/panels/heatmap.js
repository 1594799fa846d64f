// How a distribution moves: uPlot's axes, and a cell per bucket and moment, stronger with more
// values in it.

import { bucketCells } from "../align.js";
import { format } from "../format.js";
import { CLOCK, createPlot, drawMoments, timeAxis, valueAxis } from "./plot.js";

/** @import { CreateView, Moment } from "../types.d.ts" */
/** @import uPlot from "uplot" */

/** Weak cells are lifted; otherwise the few slow values, which matter, would be invisible. */
const EXPONENT = 0.5;

/** @type {CreateView} */
export function createHeatmap(panel, body) {
  const canvas = document.createElement("div");
  canvas.className = "plot alone";
  body.append(canvas);
  const { unit = "none" } = /** @type {{ unit?: string }} */ (panel.options?.yAxis ?? {});
  /** @type {{ key: string, plot: uPlot, destroy(): void } | null} */
  let drawn = null;
  let shown = bucketCells([], { startSeconds: 0, endSeconds: 0, stepSeconds: 1 });
  /** @type {Moment[]} */
  let marks = [];

  return {
    update(series, window, moments) {
      shown = bucketCells(series, window);
      marks = moments;
      const { times, bounds } = shown;
      const data = /** @type {uPlot.AlignedData} */ ([times, times.map(() => null)]);
      const key = JSON.stringify(bounds);
      if (drawn === null || drawn.key !== key) {
        drawn?.destroy();
        drawn = { key, ...createPlot(canvas, options(bounds), data) };
      } else drawn.plot.setData(data);
      return bounds.length > 0;
    },
    destroy() {
      drawn?.destroy();
      body.replaceChildren();
    },
  };

  /** @param {readonly number[]} bounds @returns {Omit<uPlot.Options, "width" | "height">} */
  function options(bounds) {
    const every = Math.max(1, Math.ceil(bounds.length / 7));
    const places = bounds.map((_, index) => index + 1).filter((place) => place % every === 0);
    const write = (/** @type {number} */ place) => {
      const bound = bounds[place - 1];
      return bound === undefined ? "" : bound === Number.POSITIVE_INFINITY ? "more" : `≤ ${format(bound, unit)}`;
    };
    return {
      ...CLOCK,
      legend: { show: false },
      cursor: { sync: { key: "rttlab" }, drag: { x: false, y: false }, points: { show: false } },
      scales: { y: { range: () => [0, Math.max(1, bounds.length)] } },
      axes: [timeAxis(), { ...valueAxis(write), splits: () => places }],
      series: [{}, { show: true, stroke: "transparent", points: { show: false } }],
      hooks: {
        drawClear: [drawCells],
        draw: [(plot) => drawMoments(plot, marks)],
      },
    };
  }

  /** @param {uPlot} plot */
  function drawCells(plot) {
    const { ctx, bbox } = plot;
    const { times, cells } = shown;
    const most = Math.max(0, ...cells.map((row) => Math.max(0, ...row)));
    const width = Math.max(1, bbox.width / Math.max(1, times.length));
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const [bucket, row] of cells.entries()) {
      const top = plot.valToPos(bucket + 1, "y", true);
      const height = plot.valToPos(bucket, "y", true) - top;
      for (const [moment, amount] of row.entries()) {
        if (amount <= 0) continue;
        ctx.fillStyle = `rgba(59, 142, 234, ${0.1 + 0.9 * (amount / most) ** EXPONENT})`;
        const x = plot.valToPos(/** @type {number} */ (times[moment]), "x", true);
        ctx.fillRect(x - width / 2, top, width + 0.5, height - 1);
      }
    }
    ctx.restore();
  }
}
