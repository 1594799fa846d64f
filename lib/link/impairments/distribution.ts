// The distribution of jitter. `jitter` is netem's parameter: the standard deviation of a normal
// distribution, half of the width of a uniform one (jitter-shapes.ts). Source: tc-netem(8).

import type { DirectionField } from "../field.ts";
import { type Distribution, SHAPES } from "../jitter-shapes.ts";

const NAMES = Object.keys(SHAPES) as readonly Distribution[];

export const distribution: DirectionField<Distribution> = {
  key: "distribution",
  range: `of jitter: ${NAMES.join(", ")}`,
  pattern: `^(${NAMES.join("|")})$`,
  none: "normal",
  parse: (text) => NAMES.find((name) => name === text.trim()),
  format: (name) => name,
  conflict(name, { jitterMillis }) {
    if (name === "normal" || jitterMillis > 0) return undefined;
    return { message: `distribution ${name} is given without jitter`, allowed: "a distribution beside jitter" };
  },
};
