// Jitter of one direction: the standard deviation of a normal distribution around the delay,
// truncated at four deviations. Packets keep their order, as on a path of queues, because a netem
// with a rate lets none overtake another; the rate given here is too high to matter. Source:
// tc-netem(8); netem_enqueue() of the kernel.

import { formatQuantity, parseQuantity, quantityPattern } from "../../units.ts";
import type { Impairment } from "../field.ts";

const MAX_MILLIS = 2_500;
/**
 * The kernel's table ends at four standard deviations. A shorter delay would clip packets at 0 and
 * shift the mean.
 */
const CUT_OFF_DEVIATIONS = 4;
/** At this rate a full frame takes 0.12 us. */
const ORDER_BITS_PER_SECOND = 100e9;

export const jitter: Impairment<number> = {
  key: "jitter",
  range: "0ms to 2500ms, such as 5ms; at most a quarter of the delay",
  pattern: quantityPattern("millis"),
  none: 0,
  parse(text) {
    const millis = parseQuantity(text, "millis");
    return millis !== undefined && millis <= MAX_MILLIS ? millis : undefined;
  },
  format: (millis) => formatQuantity(millis, "millis"),
  netem(millis) {
    const micros = Math.round(millis * 1000);
    if (micros === 0) return [];
    const words = [`${micros}us`, "distribution", "normal"];
    return [
      { option: "delay", words, report: { delay: { jitter: micros / 1e6 } } },
      { option: "rate", words: [`${ORDER_BITS_PER_SECOND}bit`], report: { rate: { rate: ORDER_BITS_PER_SECOND / 8 } } },
    ];
  },
  conflict(millis, { delayMillis }) {
    if (millis * CUT_OFF_DEVIATIONS <= delayMillis) return undefined;
    return {
      message: `jitter ${formatQuantity(millis, "millis")} is more than a quarter of the delay ${formatQuantity(delayMillis, "millis")}`,
      allowed: `at most ${formatQuantity(delayMillis / CUT_OFF_DEVIATIONS, "millis")} here, so that no packet would have to arrive before it was sent`,
    };
  },
};
