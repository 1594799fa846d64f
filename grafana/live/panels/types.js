// The panel types that this page draws, by Grafana's name. A new one is a file here and a line in
// the table.

import { createBarGauge } from "./bar-gauge.js";
import { createHeatmap } from "./heatmap.js";
import { createStat } from "./stat.js";
import { createTable } from "./table.js";
import { createTimeseries } from "./timeseries.js";

/** @import { CreateView } from "../types.d.ts" */

/** @type {Readonly<Record<string, CreateView>>} */
export const PANEL_TYPES = {
  timeseries: createTimeseries,
  stat: createStat,
  bargauge: createBarGauge,
  heatmap: createHeatmap,
  table: createTable,
};

/**
 * Says that a type is not drawn here, so that nothing seems to be missing without a word.
 * @type {CreateView}
 */
export function createUnknown({ type }, body) {
  body.textContent = `This page does not draw panels of type "${type}"; Grafana does.`;
  return { update: () => true, destroy: () => {} };
}
