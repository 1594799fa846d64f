// Numbers as people read them: three significant digits, a prefix that keeps them short, the
// interval in the same unit.

import type { Estimate } from "./stats/estimate.ts";

interface Scale {
  factor: number;
  suffix: string;
}

const SCALES: Readonly<Record<string, readonly [from: number, scale: Scale][]>> = {
  s: [
    [1, { factor: 1, suffix: "s" }],
    [1e-3, { factor: 1e3, suffix: "ms" }],
    [0, { factor: 1e6, suffix: "µs" }],
  ],
  "bit/s": [
    [1e9, { factor: 1e-9, suffix: "Gbit/s" }],
    [1e6, { factor: 1e-6, suffix: "Mbit/s" }],
    [1e3, { factor: 1e-3, suffix: "kbit/s" }],
    [0, { factor: 1, suffix: "bit/s" }],
  ],
  bytes: [
    [1024 ** 2, { factor: 1 / 1024 ** 2, suffix: "MiB" }],
    [1024, { factor: 1 / 1024, suffix: "KiB" }],
    [0, { factor: 1, suffix: "B" }],
  ],
  ratio: [[0, { factor: 100, suffix: "%" }]],
  /** A count, which needs no word for its unit. */
  "1": [[0, { factor: 1, suffix: "" }]],
  "1/s": [[0, { factor: 1, suffix: "per second" }]],
};

/** A word for what is counted, such as packets. */
const COUNTED = /^[a-z]{3,}s$/;

/** The scale that suits a value of a unit; the unit itself if it has no table. */
export function scaleOf(value: number, unit: string): Scale {
  const found = SCALES[unit]?.find(([from]) => Math.abs(value) >= from);
  return found?.[1] ?? { factor: 1, suffix: unit };
}

/** `0.512 s`, `1.92`; a dash for an unknown value. */
export function formatNumber(value: number, unit = "", scale: Scale = scaleOf(value, unit)): string {
  if (Number.isNaN(value)) return "–";
  return withSuffix(digits(value * scale.factor), scale);
}

/** `512 ms (508 to 516)`; without the parentheses where there is no interval. */
export function formatEstimate({ value, lower, upper }: Estimate, unit = ""): string {
  const scale = scaleOf(value, unit);
  if (lower === null || upper === null || Number.isNaN(value)) return formatNumber(value, unit, scale);
  // As many decimals as the value needs, or as its interval needs if that is the larger; beside 0,
  // as the farther bound needs.
  const reach = value === 0 ? Math.max(-lower, upper) : (upper - lower) / 2;
  const like = Math.max(Math.abs(value), reach) * scale.factor;
  const [middle, from, to] = [value, lower, upper].map((part) => digits(part * scale.factor, like));
  return `${withSuffix(middle as string, scale)} (${from} to ${to})`;
}

/**
 * Three significant digits, all digits of a count, none but 0 of nothing; a bound has as many
 * decimals as its value. No exponents.
 */
export function digits(value: number, like: number = value): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "–";
  const isCount = like === value && Number.isInteger(value) && Math.abs(value) < 1e6;
  const places = isCount || like === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(like))));
  const fixed = value === 0 || (Math.abs(value) < 1e-9 && like === value) ? "0" : value.toFixed(Math.min(places, 12));
  const grouped = fixed.replace(
    /^(-?)(\d{5,})/,
    (_, sign, whole) => sign + whole.replace(/\B(?=(\d{3})+$)/g, "\u202f"),
  );
  return grouped.replace("-", "−");
}

/** `1 run`, `2 runs`; a plural that does not end in s is given. */
export function numbered(count: number, one: string, many = `${one}s`): string {
  return `${digits(count)} ${count === 1 ? one : many}`;
}

function withSuffix(text: string, { suffix }: Scale): string {
  if (suffix === "") return text;
  return `${text} ${text === "1" && COUNTED.test(suffix) ? suffix.slice(0, -1) : suffix}`;
}

/** As many digits as the product of a level and a prefix holds for sure. */
const LEVEL_DIGITS = 14;

/** A level as a reader sees it: `100 ms`, `1.1-serial`. It is exact, for series go by this text. */
export function formatLevel(level: number | string, unit: string): string {
  if (typeof level === "string") return level;
  const scale = scaleOf(level, unit);
  return withSuffix(String(Number((level * scale.factor).toPrecision(LEVEL_DIGITS))), scale);
}
