// Numbers as people read them, by Grafana's unit ids. Pure. An unknown unit is written behind the
// plain number.

/** @typedef {(value: number, decimals?: number) => string} Format */

const DECIMAL = ["", "k", "M", "G", "T", "P"];
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB"];

/** @type {Readonly<Record<string, Format>>} */
const FORMATS = {
  none: (value, decimals) => scaled(value, 1000, DECIMAL, "", decimals),
  short: (value, decimals) => scaled(value, 1000, DECIMAL, "", decimals),
  percentunit: (value, decimals) => `${significant(value * 100, decimals)} %`,
  percent: (value, decimals) => `${significant(value, decimals)} %`,
  s: seconds,
  ms: (value, decimals) => seconds(value / 1000, decimals),
  bps: (value, decimals) => scaled(value, 1000, DECIMAL, "bit/s", decimals),
  Bps: (value, decimals) => scaled(value, 1000, DECIMAL, "B/s", decimals),
  bytes: (value, decimals) => scaled(value, 1024, BINARY, "", decimals),
  decbytes: (value, decimals) => scaled(value, 1000, DECIMAL, "B", decimals),
  reqps: (value, decimals) => scaled(value, 1000, DECIMAL, "req/s", decimals),
  pps: (value, decimals) => scaled(value, 1000, DECIMAL, "p/s", decimals),
  cps: (value, decimals) => scaled(value, 1000, DECIMAL, "/s", decimals),
};

/**
 * The value with its unit, in about three digits.
 * @param {number | null | undefined} value
 * @param {string} unit
 * @param {number} [decimals]
 */
export function format(value, unit, decimals) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const known = FORMATS[unit];
  return known === undefined ? `${significant(value, decimals)} ${unit}`.trim() : known(value, decimals);
}

/** As the axes write it. @param {Date} at */
export function timeOfDay(at) {
  const parts = [at.getHours(), at.getMinutes(), at.getSeconds()];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** Whether the unit is one that `format` knows. @param {string} unit */
export function knowsUnit(unit) {
  return FORMATS[unit] !== undefined;
}

/**
 * @param {number} value
 * @param {number} base
 * @param {readonly string[]} prefixes
 * @param {string} unit
 * @param {number} [decimals]
 */
function scaled(value, base, prefixes, unit, decimals) {
  let index = 0;
  let rest = value;
  while (Math.abs(rest) >= base && index < prefixes.length - 1) {
    rest /= base;
    index += 1;
  }
  return `${significant(rest, decimals)} ${prefixes[index]}${unit}`.trim();
}

/**
 * @param {number} value
 * @param {number} [decimals]
 */
function seconds(value, decimals) {
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 1e-6) return `${significant(value * 1e9, decimals)} ns`;
  if (size < 1e-3) return `${significant(value * 1e6, decimals)} µs`;
  if (size < 1) return `${significant(value * 1e3, decimals)} ms`;
  if (size < 120) return `${significant(value, decimals)} s`;
  if (size < 7200) return `${significant(value / 60, decimals)} min`;
  return `${significant(value / 3600, decimals)} h`;
}

/**
 * Three digits, without zeros behind; whole numbers are kept whole.
 * @param {number} value
 * @param {number} [decimals]
 */
function significant(value, decimals) {
  if (decimals !== undefined) return value.toFixed(decimals);
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 100) return value.toFixed(0);
  if (size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}
