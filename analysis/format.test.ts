import assert from "node:assert/strict";
import { it } from "node:test";
import { formatEstimate, formatLevel, formatNumber } from "./format.ts";

it("a count has no word for its unit, and other quantities have one that keeps them short", () => {
  assert.equal(formatEstimate({ value: 13.2, lower: 12, upper: 14.4 }, "1"), "13.2 (12.0 to 14.4)");
  assert.equal(formatNumber(7, "1"), "7");
  assert.equal(formatNumber(7, "packets"), "7 packets");
  assert.equal(formatNumber(0.0512, "s"), "51.2 ms");
  assert.equal(formatNumber(1, "s"), "1 s");
});

it("one packet is a packet", () => {
  assert.equal(formatNumber(1, "packets"), "1 packet");
  assert.equal(formatLevel(1, "segments"), "1 segment");
  assert.equal(formatNumber(1.5, "packets"), "1.50 packets");
});

it("nothing is 0, with an interval as precise as its farther bound", () => {
  assert.equal(formatEstimate({ value: 0, lower: 0, upper: 1.23 }, "packets"), "0 packets (0 to 1.23)");
  assert.equal(formatEstimate({ value: 694, lower: 0, upper: 2203 }, "packets"), "694 packets (0 to 2203)");
});

it("a level is written with all its digits, so that no two look alike, and without those of rounding", () => {
  assert.equal(formatLevel(1_048_576, ""), "1048576");
  assert.notEqual(formatLevel(1_048_577, "bytes"), formatLevel(1_048_576, "bytes"));
  assert.notEqual(formatLevel(20_000_001, "bit/s"), formatLevel(20_000_002, "bit/s"));
  assert.equal(formatLevel(0.0003, "s"), "300 µs");
  assert.equal(formatLevel(0.07, "ratio"), "7 %");
  assert.equal(formatLevel(20e6, "bit/s"), "20 Mbit/s");
});
