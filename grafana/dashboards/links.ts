// Panels about links that several dashboards share. `at` selects the links: matchers of PromQL,
// without braces.

import { lines } from "./panels.ts";

const PER_DIRECTION = "{{link}} {{direction}}";
const rate = (metric: string, at: string) => `rate(rttlab_link_${metric}{${at}}[$__rate_interval])`;

export function linkQueue(at: string) {
  return lines(
    {
      title: "Queue",
      description:
        "Packets waiting at the transmitter at the moment of the scrape; dashed: the size of the declared queue. A standing queue adds its length divided by the rate to the delay.",
      unit: "none",
      width: 12,
    },
    [
      [`rttlab_link_queue_packets{${at}}`, PER_DIRECTION],
      [`rttlab_link_configured_queue_packets{${at}}`, `${PER_DIRECTION} configured`],
    ],
  );
}

export function linkLosses(at: string) {
  return lines(
    {
      title: "Lost, dropped, marked",
      description:
        "Lost: by the configured loss, on the way. Dropped: by the queue, because it was full or, if it is an AQM, to keep it short. Marked: by an AQM in place of a drop (ECN), and sent. Missed: no room on the way into the guest, which should never happen; do not trust a run with any.",
      unit: "pps",
      width: 12,
    },
    [
      [rate("lost_packets_total", at), `${PER_DIRECTION} lost`],
      [rate("dropped_packets_total", at), `${PER_DIRECTION} dropped`],
      [rate("marked_packets_total", at), `${PER_DIRECTION} marked`],
      [rate("missed_packets_total", at), `${PER_DIRECTION} missed`],
    ],
  );
}
