import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupAlike } from "./alike.ts";

const grouped = (...texts: string[]) =>
  groupAlike(texts, (text) => text).map(({ text, items }) => [items.length, text]);

describe("texts that differ in their numbers alone", () => {
  it("are one text that keeps the numbers that they share, and has the range of the others", () => {
    assert.deepEqual(grouped("an RTT of 22.5 ms, configured were 20 ms", "an RTT of 9 ms, configured were 20 ms"), [
      [2, "an RTT of 9 to 22.5 ms, configured were 20 ms"],
    ]);
    assert.deepEqual(grouped("above 0.3 % of loss", "above 0.3 % of loss"), [[2, "above 0.3 % of loss"]]);
  });

  it("stay apart by their words, and by numbers within names", () => {
    assert.deepEqual(grouped("wan-1 was saturated", "wan-2 was saturated", "no ping"), [
      [1, "wan-1 was saturated"],
      [1, "wan-2 was saturated"],
      [1, "no ping"],
    ]);
  });
});
