// Byte ranges of a representation (RFC 9110 section 14).

/** First byte, and the one after the last. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * More ranges than any reader of a document needs, and fewer than an attacker would request
 * (section 17.15).
 */
const MOST_RANGES = 32;
const RANGE = /^(?:(\d+)-(\d*)|-(\d+))$/;

/**
 * The ranges of `length` bytes that a Range field selects, in the requested order. `unsatisfiable`
 * if none lies inside. Null to ignore the field: another unit, malformed, too many ranges, or more
 * bytes in total than the whole has.
 */
export function selectRanges(value: string, length: number): ByteRange[] | "unsatisfiable" | null {
  const [, list] = /^bytes=(.*)$/i.exec(value) ?? [];
  if (list === undefined) return null;
  const specifiers = list
    .split(",")
    .map((specifier) => specifier.replace(/^[ \t]+|[ \t]+$/g, ""))
    .filter((specifier) => specifier !== "");
  if (specifiers.length === 0 || specifiers.length > MOST_RANGES) return null;
  const ranges: ByteRange[] = [];
  let selected = 0;
  for (const specifier of specifiers) {
    const range = selectRange(specifier, length);
    if (range === null) return null;
    if (range.start >= range.end) continue;
    ranges.push(range);
    selected += range.end - range.start;
  }
  // The last octets of an empty content are all of it, which no Content-Range can express.
  if (length === 0 && specifiers.some((specifier) => /^-0*[1-9]/.test(specifier))) return null;
  if (ranges.length === 0) return "unsatisfiable";
  return selected > length ? null : ranges;
}

/**
 * One specifier; empty if it lies beyond the end; null if it is malformed or reversed (section
 * 14.1.1).
 */
function selectRange(specifier: string, length: number): ByteRange | null {
  const match = RANGE.exec(specifier);
  if (match === null) return null;
  const [, first, last, suffix] = match;
  if (suffix !== undefined) return { start: Math.max(0, length - Number(suffix)), end: length };
  const start = Number(first);
  if (last === "") return { start, end: length };
  return Number(last) < start ? null : { start, end: Math.min(Number(last) + 1, length) };
}
