// Quantities as people write them (50ms, 50mbit, 1%) to numbers in base units and back. One table per dimension.
// Rates are decimal as tc and every network text has them: 1 kbit = 1000 bit.

const UNITS = {
  millis: { us: 1e-3, ms: 1, s: 1e3 },
  bitsPerSecond: { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 },
  bytes: { B: 1, kB: 1e3, KiB: 1024, MB: 1e6, MiB: 1024 ** 2 },
  ratio: { "%": 0.01 },
} as const;

/** A dimension that a quantity can have; the name is the base unit. */
export type Dimension = keyof typeof UNITS;

/** The number in base units that `text` stands for (`"50mbit"` -> 50e6), or undefined when it is not of that dimension. */
export function parseQuantity(text: string, dimension: Dimension): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z%]+)$/.exec(text.trim());
  if (match === null) return undefined;
  const units: Readonly<Record<string, number>> = UNITS[dimension];
  const factor = Object.hasOwn(units, match[2] as string) ? units[match[2] as string] : undefined;
  return factor === undefined ? undefined : roundToPrecision(Number(match[1]) * factor);
}

/** The shortest text in the largest unit that keeps the number at 1 or more: 50e6 bitsPerSecond -> `50mbit`. */
export function formatQuantity(value: number, dimension: Dimension): string {
  const units = Object.entries(UNITS[dimension]).filter(([name]) => !name.includes("i") || dimension !== "bytes");
  const fitting = units.filter(([, factor]) => Math.abs(value) >= factor).at(-1) ?? units[0];
  const [name, factor] = fitting as [string, number];
  return `${plainDecimal(value / factor)}${name}`;
}

/** A regular expression, as JSON Schema wants it, for the quantities of a dimension. */
export function quantityPattern(dimension: Dimension): string {
  return `^\\d+(\\.\\d+)?\\s*(${Object.keys(UNITS[dimension]).join("|")})$`;
}

/** Twelve digits without an exponent, which JavaScript would write below 1e-6. */
function plainDecimal(value: number): string {
  const text = String(roundToPrecision(value));
  return text.includes("e-") ? value.toFixed(11 - Math.floor(Math.log10(value))).replace(/0+$/, "") : text;
}

function roundToPrecision(value: number): number {
  return Number(value.toPrecision(12));
}
