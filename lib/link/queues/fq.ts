// Fair queueing without an AQM: a queue per flow, served in turn, each of 100 packets at most. A
// flow that fills its own queue holds up no other. Source: tc-fq(8).

import { FRAME_BYTES, type QueueKind } from "./kind.ts";
import { belowTokenBucket } from "./token-bucket.ts";

interface Fq {
  kind: "fq";
}

/** tc's own. */
const LIMIT_PACKETS = 10_000;
const FLOW_PACKETS = 100;

/**
 * Of hashing, of pacing, and of priorities, which no packet here has; tc prints some with a space.
 */
const UNASKED = [
  ...["buckets", "orphan_mask", "bands", "priomap", "priomap ", "weights", "weights "],
  ...["low_rate_threshold", "refill_delay", "timer_slack", "horizon", "horizon_drop", "offload_horizon"],
];

export const fq: QueueKind<Fq> = {
  kind: "fq",
  range: "fq",
  pattern: "^fq$",
  modules: ["sch_tbf", "sch_fq"],
  parse: (text) => (text.trim() === "fq" ? { kind: "fq" } : undefined),
  format: () => "fq",
  packets: () => LIMIT_PACKETS,
  qdisc: (_queue, rateBitsPerSecond) =>
    belowTokenBucket(rateBitsPerSecond, {
      kind: "fq",
      words: [
        ...["limit", String(LIMIT_PACKETS), "flow_limit", String(FLOW_PACKETS), "quantum", String(2 * FRAME_BYTES)],
        ...["initial_quantum", String(10 * FRAME_BYTES), "nopacing"],
      ],
      report: {
        limit: LIMIT_PACKETS,
        flow_limit: FLOW_PACKETS,
        quantum: 2 * FRAME_BYTES,
        initial_quantum: 10 * FRAME_BYTES,
        pacing: false,
      },
      unasked: UNASKED,
    }),
};
