// The status line of a response by its octets: `HTTP/1.1 200 OK` (RFC 9112 section 4). Of other
// major versions it is none.

import { nameIs } from "./field.ts";

const [CR, SPACE, CAPITAL_H] = [13, 32, 72] as const;

export interface StatusLine {
  minorVersion: number;
  status: number;
}

/** Null if it is none. */
export function readStatusLine(bytes: Buffer, start: number, end: number): StatusLine | null {
  const digit = (at: number) => (bytes[start + at] as number) - 48;
  const [minorVersion, hundreds, tens, ones] = [digit(7), digit(9), digit(10), digit(11)];
  const isWhole =
    end - start >= 12 &&
    nameIs(bytes, start, "http/1.") &&
    bytes[start] === CAPITAL_H &&
    isDigit(minorVersion) &&
    bytes[start + 8] === SPACE &&
    hundreds >= 1 &&
    hundreds <= 5 &&
    isDigit(tens) &&
    isDigit(ones) &&
    (end - start === 12 || bytes[start + 12] === SPACE) &&
    bytes.subarray(start, end).indexOf(CR) === -1;
  return isWhole ? { minorVersion, status: hundreds * 100 + tens * 10 + ones } : null;
}

function isDigit(value: number): boolean {
  return value >= 0 && value <= 9;
}
