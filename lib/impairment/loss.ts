// Independent random loss (Bernoulli) of one direction, as a ratio from 0 to 1.
// netem stores a probability in 32 bits: steps of 2.3e-10.

import { formatQuantity, parseQuantity, quantityPattern } from "../units.ts";
import type { Impairment } from "./impairment.ts";

export const loss: Impairment<number> = {
  key: "loss",
  stage: "propagation",
  range: "0% to 100%, such as 0.5%",
  pattern: quantityPattern("ratio"),
  parse(text) {
    const ratio = parseQuantity(text, "ratio");
    return ratio !== undefined && ratio <= 1 ? ratio : undefined;
  },
  format: (ratio) => formatQuantity(ratio, "ratio"),
  netemArguments: (ratio) => (ratio === 0 ? [] : ["loss", "random", formatQuantity(ratio, "ratio")]),
  netemReport: (ratio) => (ratio === 0 ? {} : { "loss-random": { loss: ratio } }),
};
