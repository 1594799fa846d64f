// Fair queueing with CoDel (RFC 8290): a queue per flow, each kept near 5 ms. It stands below a
// token bucket, because an AQM below netem's rate never sees the queue: netem itself holds packets
// until they may leave. The bucket holds 4 ms of the rate or two full frames. Less loses rate at
// the clock of a guest, more sends in bursts.

import { FRAME_BYTES, type QueueKind } from "./kind.ts";

export interface FqCodel {
  kind: "fq_codel";
  ecn: boolean;
}

/** Of RFC 8290, section 5.2. */
const LIMIT_PACKETS = 10_240;
const FLOWS = 1024;
const TARGET_MICROS = 5_000;
const INTERVAL_MICROS = 100_000;
const MEMORY_BYTES = 32 * 1024 ** 2;
const DROP_BATCH = 64;

const BURST_MILLIS = 4;

export const fqCodel: QueueKind<FqCodel> = {
  kind: "fq_codel",
  range: "fq_codel, or fq_codel+ecn to mark before it drops",
  pattern: "^fq_codel(\\+ecn)?$",
  modules: ["sch_tbf", "sch_fq_codel"],
  parse: (text) =>
    /^fq_codel(\+ecn)?$/.test(text.trim()) ? { kind: "fq_codel", ecn: text.includes("+ecn") } : undefined,
  format: ({ ecn }) => (ecn ? "fq_codel+ecn" : "fq_codel"),
  packets: () => LIMIT_PACKETS,
  qdisc({ ecn }, rateBitsPerSecond) {
    const bytesPerSecond = Math.floor(rateBitsPerSecond / 8);
    const burst = Math.max(2 * FRAME_BYTES, Math.ceil((bytesPerSecond * BURST_MILLIS) / 1000));
    const limit = LIMIT_PACKETS * FRAME_BYTES;
    return {
      kind: "tbf",
      words: ["rate", `${rateBitsPerSecond}bit`, "burst", `${burst}b`, "limit", `${limit}b`],
      // tc prints the limit as the time that the bucket's queue takes to drain, in microseconds.
      report: { rate: bytesPerSecond, burst, lat: Math.floor(((limit - burst) / bytesPerSecond) * 1e6) },
      child: {
        kind: "fq_codel",
        words: [
          ...["limit", String(LIMIT_PACKETS), "flows", String(FLOWS), "quantum", String(FRAME_BYTES)],
          ...["target", `${TARGET_MICROS}us`, "interval", `${INTERVAL_MICROS}us`],
          ...["memory_limit", `${MEMORY_BYTES}b`, "drop_batch", String(DROP_BATCH), ecn ? "ecn" : "noecn"],
        ],
        report: {
          limit: LIMIT_PACKETS,
          flows: FLOWS,
          quantum: FRAME_BYTES,
          target: heldMicros(TARGET_MICROS),
          interval: heldMicros(INTERVAL_MICROS),
          memory_limit: MEMORY_BYTES,
          drop_batch: DROP_BATCH,
          ecn,
        },
      },
    };
  },
};

/**
 * The kernel counts CoDel's times in units of 1024 ns (codel.h), and tc prints them in whole
 * microseconds.
 */
function heldMicros(micros: number): number {
  return Math.floor((Math.floor((micros * 1000) / 1024) * 1024) / 1000);
}
