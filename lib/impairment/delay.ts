// Propagation delay of one direction. netem keeps it in nanoseconds and tc prints microseconds, so the step is 1 us.

import { formatQuantity, parseQuantity, quantityPattern } from "../units.ts";
import type { Impairment } from "./impairment.ts";

const MAX_MILLIS = 10_000;

export const delay: Impairment<number> = {
  key: "delay",
  stage: "propagation",
  range: "0ms to 10s, such as 50ms",
  pattern: quantityPattern("millis"),
  parse(text) {
    const millis = parseQuantity(text, "millis");
    return millis !== undefined && millis <= MAX_MILLIS ? millis : undefined;
  },
  format: (millis) => formatQuantity(millis, "millis"),
  netemArguments: (millis) => (millis === 0 ? [] : ["delay", `${Math.round(millis * 1000)}us`]),
  netemReport: (millis) => (millis === 0 ? {} : { delay: { delay: Math.round(millis * 1000) / 1e6 } }),
};
