// The moments that a dashboard's annotations mark: runs and link changes. The values of a series
// are the moments, in milliseconds.

import { seriesName } from "./interpolate.js";
import { querySeries } from "./prometheus.js";

/** @import { Annotation, Moment, Window } from "./types.d.ts" */

/**
 * Moments within the window, the latest first.
 * @param {readonly Annotation[]} annotations
 * @param {(expression: string) => string} interpolate
 * @param {Window} window
 * @param {AbortSignal} signal
 * @returns {Promise<Moment[]>}
 */
export async function readMoments(annotations, interpolate, window, signal) {
  const used = annotations.filter(({ enable, expr, useValueForTime }) => enable && expr && useValueForTime);
  const lists = await Promise.all(
    used.map(async ({ expr = "", titleFormat, iconColor }) => {
      const series = await querySeries({ refId: "moments", expr }, interpolate(expr), window, signal);
      return series.flatMap(({ labels, values }) =>
        [...new Set(values)].map((millis) => ({
          seconds: millis / 1000,
          text: seriesName(titleFormat, labels),
          color: iconColor,
        })),
      );
    }),
  );
  return lists
    .flat()
    .filter(({ seconds }) => seconds >= window.startSeconds && seconds <= window.endSeconds)
    .sort((a, b) => b.seconds - a.seconds);
}
