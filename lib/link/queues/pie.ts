// PIE (RFC 8033): one queue, kept near 15 ms by dropping arrivals with a probability that follows
// the delay of the queue and its trend.

import { type Aqm, aqmWords, LIMIT_PACKETS } from "./aqm.ts";
import type { QueueKind } from "./kind.ts";
import { belowTokenBucket } from "./token-bucket.ts";

/**
 * Of RFC 8033, section 4.2; tc counts alpha and beta in sixteenths. An update each 15 ms would be
 * one each 20 ms at the clock of a guest (100 Hz), so it is that everywhere.
 */
const TARGET_MICROS = 15_000;
const UPDATE_MICROS = 20_000;
const ALPHA_SIXTEENTHS = 2;
const BETA_SIXTEENTHS = 20;

export const pie: QueueKind<Aqm<"pie">> = {
  ...aqmWords("pie"),
  modules: ["sch_tbf", "sch_pie"],
  packets: () => LIMIT_PACKETS,
  standing: () => ({ targetMillis: TARGET_MICROS / 1000, isFair: false }),
  qdisc: ({ ecn }, rateBitsPerSecond) =>
    belowTokenBucket(rateBitsPerSecond, {
      kind: "pie",
      words: [
        ...["limit", String(LIMIT_PACKETS), "target", `${TARGET_MICROS}us`, "tupdate", `${UPDATE_MICROS}us`],
        ...["alpha", String(ALPHA_SIXTEENTHS), "beta", String(BETA_SIXTEENTHS), ecn ? "ecn" : "noecn"],
      ],
      report: {
        limit: LIMIT_PACKETS,
        target: TARGET_MICROS,
        tupdate: UPDATE_MICROS,
        alpha: ALPHA_SIXTEENTHS,
        beta: BETA_SIXTEENTHS,
        ecn,
      },
    }),
};
