// Independent random loss (Bernoulli) of one direction, as a ratio from 0 to 1.
// netem stores a probability in 32 bits: steps of 2.3e-10.

import { formatQuantity, parseQuantity, quantityPattern } from "../../units.ts";
import type { Impairment } from "../field.ts";

export const loss: Impairment<number> = {
  key: "loss",
  range: "0% to 100%, such as 0.5%",
  pattern: quantityPattern("ratio"),
  none: 0,
  parse(text) {
    const ratio = parseQuantity(text, "ratio");
    return ratio !== undefined && ratio <= 1 ? ratio : undefined;
  },
  format: (ratio) => formatQuantity(ratio, "ratio"),
  netem: (ratio) =>
    ratio === 0
      ? []
      : [
          {
            option: "loss",
            words: ["random", formatQuantity(ratio, "ratio")],
            report: { "loss-random": { loss: ratio } },
          },
        ],
};
