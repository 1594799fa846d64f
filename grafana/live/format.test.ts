// Numbers as the live page writes them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { format, knowsUnit, timeOfDay } from "./format.js";

const CASES: readonly (readonly [value: number | null, unit: string, text: string])[] = [
  [0.05, "s", "50 ms"],
  [0.000_25, "s", "250 µs"],
  [1.5, "s", "1.5 s"],
  [300, "s", "5 min"],
  [0, "s", "0 s"],
  [47_800_000, "bps", "47.8 Mbit/s"],
  [0, "bps", "0 bit/s"],
  [1536, "bytes", "1.5 KiB"],
  [0.977, "percentunit", "97.7 %"],
  [3, "none", "3"],
  [1234, "none", "1.23 k"],
  [12.345, "reqps", "12.3 req/s"],
  [2, "furlongs", "2 furlongs"],
  [null, "s", "–"],
  [Number.NaN, "s", "–"],
  [Number.POSITIVE_INFINITY, "s", "∞"],
];

describe("a number with its unit", () => {
  for (const [value, unit, text] of CASES) {
    it(`reads ${text} for ${value} of ${unit}`, () => assert.equal(format(value, unit), text));
  }

  it("has the decimals that a panel asks for", () => assert.equal(format(0.5, "percentunit", 2), "50.00 %"));

  it("is known by its unit or not", () => assert.deepEqual([knowsUnit("bps"), knowsUnit("furlongs")], [true, false]));
});

it("a time of day has 24 hours, as the axes have it", () => {
  assert.equal(timeOfDay(new Date(2026, 11, 1, 17, 5, 9)), "17:05:09");
  assert.equal(timeOfDay(new Date(2026, 11, 1, 0, 5, 9)), "00:05:09");
});
