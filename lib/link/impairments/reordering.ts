// Reordering of one direction: this share of the packets, chosen at random, skips the delay and so
// overtakes all that are on their way. Source: tc-netem(8), reorder; its correlation changes the
// share instead of the pattern (docs/link.md), so there is none here.

import type { Impairment } from "../field.ts";
import { formatRatio, ratioField } from "./ratio.ts";

export const reordering: Impairment<number> = {
  ...ratioField("reordering"),
  netem: (ratio) =>
    ratio === 0
      ? []
      : [{ option: "reorder", words: [formatRatio(ratio)], report: { reorder: { reorder: ratio }, gap: 1 } }],
  conflict(ratio, { delayMillis }) {
    if (ratio === 0 || delayMillis > 0) return undefined;
    return {
      message: "reordering is given without a delay, so nothing is on its way that a packet could overtake",
      allowed: "reordering beside a delay above 0",
    };
  },
};
