// Fair queueing with CoDel (RFC 8290): a queue per flow, each kept near 5 ms.

import { type Aqm, aqmWords, codelMicros, LIMIT_PACKETS } from "./aqm.ts";
import { FRAME_BYTES, type QueueKind } from "./kind.ts";
import { belowTokenBucket } from "./token-bucket.ts";

/** Of RFC 8290, section 5.2. */
const FLOWS = 1024;
const TARGET_MICROS = 5_000;
const INTERVAL_MICROS = 100_000;
const MEMORY_BYTES = 32 * 1024 ** 2;
const DROP_BATCH = 64;

export const fqCodel: QueueKind<Aqm<"fq_codel">> = {
  ...aqmWords("fq_codel"),
  modules: ["sch_tbf", "sch_fq_codel"],
  packets: () => LIMIT_PACKETS,
  standing: () => ({ targetMillis: TARGET_MICROS / 1000, isFair: true }),
  qdisc: ({ ecn }, rateBitsPerSecond) =>
    belowTokenBucket(rateBitsPerSecond, {
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
        target: codelMicros(TARGET_MICROS),
        interval: codelMicros(INTERVAL_MICROS),
        memory_limit: MEMORY_BYTES,
        drop_batch: DROP_BATCH,
        ecn,
      },
    }),
};
