// Series on one common time axis, as uPlot wants them; and the cells of a heatmap from the
// cumulative buckets of a histogram. Pure.

/** @import { Series, Window } from "./types.d.ts" */

/**
 * Every moment of the window, and for each series a value or null at each of them.
 * @param {readonly Series[]} series
 * @param {Window} window
 */
export function align(series, { startSeconds, endSeconds, stepSeconds }) {
  const count = Math.floor((endSeconds - startSeconds) / stepSeconds + 1e-6) + 1;
  const times = Array.from({ length: count }, (_, index) => startSeconds + index * stepSeconds);
  const values = series.map((one) => {
    const aligned = /** @type {(number | null)[]} */ (new Array(count).fill(null));
    for (const [index, seconds] of one.times.entries()) {
      const value = one.values[index];
      if (Number.isFinite(value)) aligned[Math.round((seconds - startSeconds) / stepSeconds)] = value ?? null;
    }
    return aligned;
  });
  return { times, values };
}

/**
 * The chosen columns on top of each other, in their order: each is the sum of itself and those
 * before it. Others stay as they are.
 * @param {readonly (number | null)[][]} columns
 * @param {readonly number[]} chosen
 */
export function stack(columns, chosen) {
  const stacked = columns.slice();
  for (const [place, index] of chosen.entries()) {
    const below = stacked[chosen[place - 1] ?? -1];
    stacked[index] = (columns[index] ?? []).map((value, moment) =>
      value === null ? (below?.[moment] ?? null) : value + (below?.[moment] ?? 0),
    );
  }
  return stacked;
}

/**
 * The content of each bucket, from the counts up to each bound: bounds from low to high, and per
 * bound a value at each moment. Bounds below the lowest and above the highest that ever held
 * anything are left out.
 * @param {readonly Series[]} series one for each bound, which is its label `le`
 * @param {Window} window
 */
export function bucketCells(series, window) {
  const ordered = [...series].sort((a, b) => bound(a) - bound(b));
  const { times, values } = align(ordered, window);
  const cells = values.map((upTo, index) =>
    upTo.map((value, moment) => Math.max(0, (value ?? 0) - (values[index - 1]?.[moment] ?? 0))),
  );
  const held = cells.map((column) => column.some((amount) => amount > 1e-9));
  const [first, last] = [held.indexOf(true), held.lastIndexOf(true)];
  const shown = first < 0 ? [] : ordered.slice(first, last + 1);
  return { times, bounds: shown.map(bound), cells: first < 0 ? [] : cells.slice(first, last + 1) };
}

/** @param {Series} series */
function bound({ labels }) {
  return labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.le);
}
