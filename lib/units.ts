// Conversion of quantities as people write them (50ms, 50mbit, 1%) to numbers in base units and
// back, with a table per dimension. Rates are decimal, as in tc and every text on networks: 1 kbit
// = 1000 bit. So are sizes: k, M, G are powers of 1000 in any spelling, Ki, Mi, Gi powers of 1024
// (IEC 80000-13), and b is a byte, never a bit. A lone m, which could mean milli, is refused.

const UNITS = {
  millis: { us: 1e-3, ms: 1, s: 1e3 },
  bitsPerSecond: { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 },
  bytes: { B: 1, kB: 1e3, KiB: 1024, MB: 1e6, MiB: 1024 ** 2, GB: 1e9, GiB: 1024 ** 3, TB: 1e12, TiB: 1024 ** 4 },
  ratio: { "%": 0.01 },
} as const;

/** The dimension of a quantity, named by its base unit. */
export type Dimension = keyof typeof UNITS;

/** The units of a dimension as a regular expression; for sizes in all spellings that people use. */
export function unitPattern(dimension: Dimension): string {
  return dimension === "bytes" ? "[kKMgGtT]i?[bB]?|mi?[bB]|mi|[bB]" : Object.keys(UNITS[dimension]).join("|");
}

/**
 * The number in base units that `text` means (`"50mbit"` -> 50e6), or undefined if it has another
 * dimension.
 */
export function parseQuantity(text: string, dimension: Dimension): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z%]+)$/.exec(text.trim());
  if (match === null) return undefined;
  const units: Readonly<Record<string, number>> = UNITS[dimension];
  const unit = dimension === "bytes" ? sizeUnit(match[2] as string) : (match[2] as string);
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return factor === undefined ? undefined : roundToPrecision(Number(match[1]) * factor);
}

/**
 * The shortest text in the largest unit that keeps the number at 1 or above: 50e6 bitsPerSecond ->
 * `50mbit`.
 */
export function formatQuantity(value: number, dimension: Dimension): string {
  const units = Object.entries(UNITS[dimension]).filter(([name]) => !name.includes("i") || dimension !== "bytes");
  const fitting = units.filter(([, factor]) => Math.abs(value) >= factor).at(-1) ?? units[0];
  const [name, factor] = fitting as [string, number];
  return `${plainDecimal(value / factor)}${name}`;
}

/** A regular expression, as JSON Schema wants it, for the quantities of a dimension. */
export function quantityPattern(dimension: Dimension): string {
  return `^\\d+(\\.\\d+)?\\s*(${unitPattern(dimension)})$`;
}

/** The table's spelling of a size's unit, or the unit unchanged if it is none. */
function sizeUnit(text: string): string {
  if (!new RegExp(`^(${unitPattern("bytes")})$`).test(text)) return text;
  const isBinary = /i/.test(text);
  const prefix = text.replace(/i?[bB]?$/, "");
  if (prefix === "") return "B";
  return `${prefix.toUpperCase() === "K" && !isBinary ? "k" : prefix.toUpperCase()}${isBinary ? "iB" : "B"}`;
}

/** Twelve digits without an exponent, which JavaScript would use below 1e-6. */
function plainDecimal(value: number): string {
  const text = String(roundToPrecision(value));
  return text.includes("e-") ? value.toFixed(11 - Math.floor(Math.log10(value))).replace(/0+$/, "") : text;
}

function roundToPrecision(value: number): number {
  return Number(value.toPrecision(12));
}
