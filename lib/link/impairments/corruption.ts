// Corruption of one direction: one random bit of this share of the packets is turned, anywhere in
// the frame. No checksum lets it pass, so to applications it looks like loss; a bit of the Ethernet
// header, which the link writes anew, does no harm. Source: tc-netem(8), corrupt; netem_enqueue().

import type { Impairment } from "../field.ts";
import { formatRatio, ratioField } from "./ratio.ts";

export const corruption: Impairment<number> = {
  ...ratioField("corruption"),
  netem: (ratio) =>
    ratio === 0 ? [] : [{ option: "corrupt", words: [formatRatio(ratio)], report: { corrupt: { corrupt: ratio } } }],
};
