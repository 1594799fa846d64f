// Independent random loss (Bernoulli) of one direction, as a ratio from 0 to 1. tc-netem(8) calls
// its correlation deprecated, and it loses almost nothing (docs/link.md): bursts are gilbert.ts.

import type { Impairment } from "../field.ts";
import { formatRatio, ratioField } from "./ratio.ts";

export const loss: Impairment<number> = {
  ...ratioField("loss", "; in bursts by gilbert or markov, never by a correlation"),
  netem: (ratio) =>
    ratio === 0
      ? []
      : [{ option: "loss", words: ["random", formatRatio(ratio)], report: { "loss-random": { loss: ratio } } }],
};
