// Loss in bursts of one direction by a Markov chain of four states: 1 receives in a gap, 2 receives
// in a burst, 3 loses in a burst, 4 loses alone in a gap and returns to 1. Each number is a
// transition's probability. Source: tc-netem(8), loss state; Salsano et al., "Definition of a
// general and intuitive loss model for packet networks", 2009.

import type { Impairment } from "../field.ts";
import { formatRatio, parseRatio, ratiosPattern } from "./ratio.ts";

export interface MarkovLoss {
  /** From a gap into a burst, and back. */
  p13: number;
  p31: number;
  /** Within a burst: to receiving, and back to losing. */
  p32: number;
  p23: number;
  /** A single loss in a gap. */
  p14: number;
}

const KEYS = ["p13", "p31", "p32", "p23", "p14"] as const;

export const markov: Impairment<MarkovLoss | null> = {
  key: "markov",
  range:
    "p13/p31/p32/p23/p14, each 0% to 100%, such as 1%/30%/5%/50%/0.1%, where p13 and p14, and p31 and p32, are at most 100% together, p31 is above 0%, and p23 is unless p32 is 0%; or none",
  pattern: `^none$|${ratiosPattern(5)}`,
  none: null,
  parse(text) {
    if (text.trim() === "none") return null;
    const ratios = text.split("/").map(parseRatio);
    if (ratios.length !== KEYS.length || ratios.includes(undefined)) return undefined;
    const model = Object.fromEntries(KEYS.map((key, at) => [key, ratios[at]])) as unknown as MarkovLoss;
    return returns(model) ? model : undefined;
  },
  format: (model) => (model === null ? "none" : KEYS.map((key) => formatRatio(model[key])).join("/")),
  netem(model) {
    if (model === null) return [];
    const [p13, p14] = below(model.p13, model.p14);
    const [p31, p32] = below(model.p31, model.p32);
    const kept = { p13, p31, p32, p23: model.p23, p14 };
    const words = ["state", ...KEYS.map((key) => formatRatio(kept[key]))];
    return [{ option: "loss", words, report: { "loss-state": kept } }];
  },
  conflict: (model, { lossRatio, gilbertElliott }) =>
    model !== null && (lossRatio > 0 || gilbertElliott !== null)
      ? {
          message: "markov is given beside another loss, and netem has one model of loss",
          allowed: "one of loss, gilbert, markov",
        }
      : undefined,
};

/** All of the probability in tc's words, which rounds each share to one of so many steps. */
const STEPS = 2 ** 32 - 1;

/**
 * Both ratios, the larger one a step less where together they would come to 2^32 steps: the kernel
 * adds them in 32 bits, and that is 0 (loss_4state() in sch_netem.c).
 */
function below(first: number, second: number): [number, number] {
  if (Math.round(first * STEPS) + Math.round(second * STEPS) <= STEPS) return [first, second];
  return first < second ? [first, second - 1 / STEPS] : [first - 1 / STEPS, second];
}

/** Whether no state has more than all of its probability, and none is for ever. */
function returns({ p13, p31, p32, p23, p14 }: MarkovLoss): boolean {
  return p13 + p14 <= 1 && p31 + p32 <= 1 && p31 > 0 && (p32 === 0 || p23 > 0);
}
