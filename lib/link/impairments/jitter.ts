// Jitter of one direction: random deviations from the delay, as wide as the distribution says
// (distribution.ts). Packets keep their order unless the direction says otherwise (order.ts): a
// netem with a rate lets none overtake another; the rate given here is too high to matter. Source:
// tc-netem(8); netem_enqueue() of the kernel.

import { formatQuantity, parseQuantity, quantityPattern } from "../../units.ts";
import type { Impairment } from "../field.ts";
import { type Distribution, lowestOf, shapeOf } from "../jitter-shapes.ts";
import { tableWord } from "../jitter-table.ts";

/** The kernel keeps it as 2^31 ns at most, whatever it is given. */
const MAX_MILLIS = 2_147;
/** At this rate a full frame takes 0.12 us. */
const ORDER_BITS_PER_SECOND = 100e9;

export const jitter: Impairment<number> = {
  key: "jitter",
  range: "0ms to 2147ms, such as 5ms; at most a quarter of the delay, or what its distribution allows",
  pattern: quantityPattern("millis"),
  none: 0,
  parse(text) {
    const millis = parseQuantity(text, "millis");
    return millis !== undefined && millis <= MAX_MILLIS ? millis : undefined;
  },
  format: (millis) => formatQuantity(millis, "millis"),
  netem(millis, { jitterDistribution, jitterOrder }) {
    const micros = Math.round(millis * 1000);
    if (micros === 0) return [];
    const words = [`${micros}us`, ...wordsOf(jitterDistribution)];
    const spread = { option: "delay", words, report: { delay: { jitter: micros / 1e6 } } };
    const rate = { rate: { rate: ORDER_BITS_PER_SECOND / 8 } };
    const inOrder = { option: "rate", words: [`${ORDER_BITS_PER_SECOND}bit`], report: rate };
    return jitterOrder === "kept" ? [spread, inOrder] : [spread];
  },
  conflict(millis, { delayMillis, jitterDistribution }) {
    const lowest = lowestOf(shapeOf(jitterDistribution));
    if (-millis * lowest <= delayMillis) return undefined;
    return {
      message: `jitter ${formatQuantity(millis, "millis")} is more than ${share(lowest)} of the delay ${formatQuantity(delayMillis, "millis")}`,
      allowed: `at most ${formatQuantity(delayMillis / -lowest, "millis")} here, so that no packet would have to arrive before it was sent`,
    };
  },
};

/** netem's jitter is uniform without words. tc does not report them. */
function wordsOf(jitterDistribution: Distribution): string[] {
  if (jitterDistribution === "uniform") return [];
  return ["distribution", typeof jitterDistribution === "string" ? jitterDistribution : tableWord(jitterDistribution)];
}

function share(lowest: number): string {
  return lowest === -4 ? "a quarter" : `${Math.round(-100 / lowest)} %`;
}
