import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkHeldQueue } from "./held-queue.ts";

const verdict = (configured: number, readings: readonly number[]) => checkHeldQueue(configured, readings).verdict;
const times = (count: number, value: number) => Array.from({ length: count }, () => value);

describe("a queue by the kernel's count", () => {
  it("is within where the most that was read is what is declared, although it is not always full", () => {
    assert.equal(verdict(2, [...times(20, 1), ...times(10, 2)]), "within");
    assert.equal(verdict(1, [...times(10, 1), ...times(30, 0)]), "within");
    assert.equal(verdict(60, [...times(30, 20), ...times(4, 60), ...times(6, 57)]), "within");
  });

  it("is outside where it holds more, by a single reading, or never as many", () => {
    assert.equal(verdict(1, [0, 0, 2]), "outside");
    assert.equal(verdict(3, [...times(8, 1), ...times(10, 2)]), "outside");
    assert.equal(verdict(60, times(20, 52)), "outside");
  });

  it("is not judged by few readings, or by those of a queue that nothing filled", () => {
    assert.equal(verdict(2, [...times(20, 1), ...times(9, 2)]), "unjudged");
    assert.equal(verdict(2, times(100, 0)), "unjudged");
    assert.equal(verdict(2, []), "unjudged");
  });
});
