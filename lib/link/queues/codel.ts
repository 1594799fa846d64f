// CoDel (RFC 8289): one queue, kept near 5 ms by dropping at its head once packets have waited
// longer than that for 100 ms.

import { type Aqm, aqmWords, codelMicros, LIMIT_PACKETS } from "./aqm.ts";
import type { QueueKind } from "./kind.ts";
import { belowTokenBucket } from "./token-bucket.ts";

/** Of RFC 8289, section 4.2 to 4.4. */
const TARGET_MICROS = 5_000;
const INTERVAL_MICROS = 100_000;

export const codel: QueueKind<Aqm<"codel">> = {
  ...aqmWords("codel"),
  modules: ["sch_tbf", "sch_codel"],
  packets: () => LIMIT_PACKETS,
  standing: () => ({ targetMillis: TARGET_MICROS / 1000, isFair: false }),
  qdisc: ({ ecn }, rateBitsPerSecond) =>
    belowTokenBucket(rateBitsPerSecond, {
      kind: "codel",
      words: [
        ...["limit", String(LIMIT_PACKETS), "target", `${TARGET_MICROS}us`],
        ...["interval", `${INTERVAL_MICROS}us`, ecn ? "ecn" : "noecn"],
      ],
      report: {
        limit: LIMIT_PACKETS,
        target: codelMicros(TARGET_MICROS),
        interval: codelMicros(INTERVAL_MICROS),
        ecn,
      },
    }),
};
