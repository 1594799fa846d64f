// Loss in bursts of one direction by the Gilbert-Elliott model: a good and a bad state; before each
// packet one changes into the other with a probability. Without more, every packet of the bad state
// is lost and none of the good one, so the mean loss is toBad / (toBad + toGood), and a burst lasts
// 1 / toGood packets. Source: tc-netem(8), gemodel (p, r, 1-h, 1-k); Elliott, BSTJ 42, 1963.

import type { Conflict, Impairment } from "../field.ts";
import { formatRatio, parseRatio, ratiosPattern } from "./ratio.ts";

export interface GilbertElliott {
  /** From good to bad, and back. */
  toBadRatio: number;
  toGoodRatio: number;
  /** Loss in the bad state, and in the good one. */
  badLossRatio: number;
  goodLossRatio: number;
}

export const gilbert: Impairment<GilbertElliott | null> = {
  key: "gilbert",
  range:
    "to bad / to good [/ loss in bad / loss in good], each 0% to 100% and the first two above 0%, such as 0.5%/20%; or none",
  pattern: `^none$|${ratiosPattern(2)}|${ratiosPattern(4)}`,
  none: null,
  parse(text) {
    if (text.trim() === "none") return null;
    const ratios = text.split("/").map(parseRatio);
    const [toBadRatio = 0, toGoodRatio = 0, badLossRatio = 1, goodLossRatio = 0] = ratios as number[];
    const isWhole = (ratios.length === 2 || ratios.length === 4) && !ratios.includes(undefined);
    if (!isWhole || toBadRatio === 0 || toGoodRatio === 0) return undefined;
    return { toBadRatio, toGoodRatio, badLossRatio, goodLossRatio };
  },
  format(model) {
    if (model === null) return "none";
    const { toBadRatio, toGoodRatio, badLossRatio, goodLossRatio } = model;
    const isPlain = badLossRatio === 1 && goodLossRatio === 0;
    const ratios = [toBadRatio, toGoodRatio, ...(isPlain ? [] : [badLossRatio, goodLossRatio])];
    return ratios.map(formatRatio).join("/");
  },
  netem(model) {
    if (model === null) return [];
    const { toBadRatio, toGoodRatio, badLossRatio, goodLossRatio } = model;
    const ratios = [toBadRatio, toGoodRatio, badLossRatio, goodLossRatio];
    const report = { p: toBadRatio, r: toGoodRatio, "1-h": badLossRatio, "1-k": goodLossRatio };
    return [{ option: "loss", words: ["gemodel", ...ratios.map(formatRatio)], report: { "loss-gemodel": report } }];
  },
  conflict: (model, { lossRatio }): Conflict | undefined =>
    model !== null && lossRatio > 0
      ? {
          message: "gilbert is given beside loss, and netem has one model of loss",
          allowed: "one of loss, gilbert, markov",
        }
      : undefined,
};
