// Propagation delay of one direction. netem stores nanoseconds and tc prints microseconds, so the
// step is 1 us.

import { formatQuantity, parseQuantity, quantityPattern } from "../../units.ts";
import type { Impairment } from "../field.ts";

const MAX_MILLIS = 10_000;

export const delay: Impairment<number> = {
  key: "delay",
  range: "0ms to 10s, such as 50ms",
  pattern: quantityPattern("millis"),
  none: 0,
  parse(text) {
    const millis = parseQuantity(text, "millis");
    return millis !== undefined && millis <= MAX_MILLIS ? millis : undefined;
  },
  format: (millis) => formatQuantity(millis, "millis"),
  netem(millis) {
    const micros = Math.round(millis * 1000);
    return micros === 0
      ? []
      : [{ option: "delay", words: [`${micros}us`], report: { delay: { delay: micros / 1e6 } } }];
  },
};
