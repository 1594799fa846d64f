// Duplication of one direction: this share of the packets, chosen at random, arrives twice. The
// copy enters netem again and is delayed by itself. Source: tc-netem(8), duplicate;
// netem_enqueue().

import type { Impairment } from "../field.ts";
import { formatRatio, ratioField } from "./ratio.ts";

export const duplication: Impairment<number> = {
  ...ratioField("duplication"),
  netem: (ratio) =>
    ratio === 0
      ? []
      : [{ option: "duplicate", words: [formatRatio(ratio)], report: { duplicate: { duplicate: ratio } } }],
  conflict(ratio, { lossRatio, gilbertElliott, markovLoss }) {
    if (ratio === 0 || (lossRatio === 0 && gilbertElliott === null && markovLoss === null)) return undefined;
    return {
      message:
        "duplication is given beside loss: netem duplicates before it loses, so a copy replaces a lost packet, and is lost itself a second time",
      allowed: "either in one direction; on two links in a row both",
    };
  },
};
