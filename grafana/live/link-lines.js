// The present state of each direction of each link, as a line of the picture. Pure.

import { format } from "./format.js";

/** @import { Series } from "./types.d.ts" */

/** @typedef {"idle" | "some" | "full"} Load */
/** @typedef {{ link: string, direction: string, text: string, load: Load }} LinkLine */

/** By refId of their series. */
export const LINK_QUERIES = {
  sent: '8 * rate(rttlab_link_sent_bytes_total{scenario="$scenario"}[10s])',
  rate: '8 * rttlab_link_configured_rate_bytes_per_second{scenario="$scenario"}',
  queue: 'rttlab_link_queue_packets{scenario="$scenario"}',
  gone: 'rate(rttlab_link_lost_packets_total{scenario="$scenario"}[10s]) + rate(rttlab_link_dropped_packets_total{scenario="$scenario"}[10s])',
};

/** As the dashboards have it: above this share of its rate a queue stands. */
const FULL = 0.9;
/** Less is asking for neighbours. */
const SOME_BITS_PER_SECOND = 5000;
const ARROWS = /** @type {Readonly<Record<string, string>>} */ ({ forward: "→", backward: "←" });

/** @param {readonly Series[]} series @returns {LinkLine[]} */
export function linkLines(series) {
  const lastOf = (/** @type {string} */ refId, /** @type {Series} */ { labels: { link, direction } }) =>
    series
      .find((each) => each.refId === refId && each.labels.link === link && each.labels.direction === direction)
      ?.values.at(-1);
  return series
    .filter(({ refId }) => refId === "sent")
    .map((one) => {
      const { link = "", direction = "" } = one.labels;
      const [sent = 0, rate] = [lastOf("sent", one), lastOf("rate", one)];
      const [queue = 0, gone = 0] = [lastOf("queue", one), lastOf("gone", one)];
      const lost = gone > 0 ? ` lost ${format(gone, "pps")}` : "";
      const text = `${ARROWS[direction] ?? direction} ${format(sent, "bps")} queue ${format(queue, "none")}${lost}`;
      const isFull = rate !== undefined && sent > FULL * rate;
      return { link, direction, text, load: isFull ? "full" : sent > SOME_BITS_PER_SECOND ? "some" : "idle" };
    });
}

/** The heavier load of a link's directions. @param {readonly LinkLine[]} lines @returns {Load} */
export function loadOf(lines) {
  const loads = lines.map(({ load }) => load);
  return loads.includes("full") ? "full" : loads.includes("some") ? "some" : "idle";
}
