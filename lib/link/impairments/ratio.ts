// The words of an impairment that is a share of the packets, from 0 to 1.
// netem stores a probability in 32 bits: steps of 2.3e-10.

import { formatQuantity, parseQuantity, quantityPattern } from "../../units.ts";
import type { DirectionField } from "../field.ts";

export function ratioField(key: string, hint = ""): DirectionField<number> {
  return {
    key,
    range: `0% to 100%, such as 0.5%${hint}`,
    pattern: quantityPattern("ratio"),
    none: 0,
    parse: parseRatio,
    format: formatRatio,
  };
}

export function parseRatio(text: string): number | undefined {
  const ratio = parseQuantity(text, "ratio");
  return ratio !== undefined && ratio <= 1 ? ratio : undefined;
}

export function formatRatio(ratio: number): string {
  return formatQuantity(ratio, "ratio");
}

/** A regular expression for this many ratios between slashes. */
export function ratiosPattern(count: number): string {
  return `^${Array.from({ length: count }, () => quantityPattern("ratio").slice(1, -1)).join("/")}$`;
}
