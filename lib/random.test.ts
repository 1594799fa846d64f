import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomAt, randomSequence } from "./random.ts";

function take(seed: number, count: number): number[] {
  const next = randomSequence(seed);
  return Array.from({ length: count }, next);
}

describe("a random sequence", () => {
  it("is the same for the same seed and another for another", () => {
    assert.deepEqual(take(7, 5), take(7, 5));
    assert.notDeepEqual(take(7, 5), take(8, 5));
  });

  it("is evenly spread over 0 to 1", () => {
    // Chi-square over 20 cells with 19 degrees of freedom exceeds 43.8 by chance once in 1000. The
    // seeds are fixed.
    for (const seed of [0, 1, 2, 65537, 2 ** 32 - 1]) {
      const cells = new Array<number>(20).fill(0);
      for (const value of take(seed, 20_000)) cells[Math.floor(value * 20)] = (cells[Math.floor(value * 20)] ?? 0) + 1;
      const chiSquare = cells.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
      assert.ok(chiSquare < 43.8, `seed ${seed}: ${chiSquare}`);
    }
  });

  it("has no correlation between neighbours, nor between neighbouring seeds", () => {
    const count = 20_000;
    // The correlation of independent uniform numbers has a standard deviation of 1 / sqrt(count):
    // 4.5 of them is 0.032.
    const correlation = (a: number[], b: number[]) =>
      (12 * a.reduce((sum, value, index) => sum + (value - 0.5) * ((b[index] ?? 0) - 0.5), 0)) / a.length;
    const values = take(1, count + 1);
    assert.ok(Math.abs(correlation(values.slice(1), values.slice(0, count))) < 0.032);
    assert.ok(Math.abs(correlation(take(1, count), take(2, count))) < 0.032);
  });
});

describe("a random number at an index", () => {
  it("needs none before it, and differs by seed, stream and index", () => {
    assert.equal(randomAt(1, 2, 3), randomAt(1, 2, 3));
    const values = [
      randomAt(1, 2, 3),
      randomAt(1, 2, 4),
      randomAt(1, 3, 3),
      randomAt(2, 2, 3),
      randomAt(1, 2, 3 + 2 ** 32),
    ];
    assert.equal(new Set(values).size, values.length);
  });

  it("is evenly spread over 0 to 1, 0 excluded, without correlation between neighbours or streams", () => {
    const count = 20_000;
    const taken = (stream: number) => Array.from({ length: count }, (_, index) => randomAt(7, stream, index));
    const [first, second] = [taken(0), taken(1)];
    const cells = new Array<number>(20).fill(0);
    for (const value of first) cells[Math.floor(value * 20)] = (cells[Math.floor(value * 20)] ?? 0) + 1;
    // As above: exceeded by chance once in 1000, and the seed is fixed.
    assert.ok(cells.reduce((sum, cell) => sum + (cell - 1000) ** 2 / 1000, 0) < 43.8);
    assert.ok(first.every((value) => value > 0 && value <= 1));
    const correlation = (a: number[], b: number[]) =>
      (12 * a.reduce((sum, value, index) => sum + (value - 0.5) * ((b[index] ?? 0) - 0.5), 0)) / a.length;
    assert.ok(Math.abs(correlation(first, second)) < 0.032);
    assert.ok(Math.abs(correlation(first.slice(1), first.slice(0, -1))) < 0.032);
  });
});
