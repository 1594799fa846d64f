import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shapeOf } from "../../../lib/link/jitter-shapes.ts";
import { randomSequence } from "../../../lib/random.ts";
import { distanceByChance, shapeDistance } from "./shape-distance.ts";

const uniform = shapeOf("uniform");
const drawn = (count: number, random: () => number) =>
  Array.from({ length: count }, () => 2 * random() - 1).sort((first, second) => first - second);

describe("the distance of a sample from a shape", () => {
  it("is that of the shares below a value, where they differ most", () => {
    // Between -1 and 1 half of the shape is below 0, and nothing of the sample.
    assert.ok(Math.abs(shapeDistance([0, 0.5, 0.75, 1], uniform, 0, 0) - 0.5) < 1e-3);
    assert.ok(Math.abs(shapeDistance([-1, -1, -1, 0], uniform, 0, 0) - 0.75) < 1e-3);
    assert.equal(shapeDistance([5], uniform, 0, 0), 1);
  });

  it("is none of what may be off, of each value or of the place of all", () => {
    const moved = uniform.map((value) => value + 0.2);
    assert.ok(Math.abs(shapeDistance(moved, uniform, 0, 0) - 0.1) < 1e-3);
    assert.ok(shapeDistance(moved, uniform, 0.2, 0) < 1e-3);
    assert.ok(shapeDistance(moved, uniform, 0, 0.2) < 1e-3);
    assert.ok(Math.abs(shapeDistance(moved, uniform, 0, 0.1) - 0.05) < 1e-3);
  });

  it("exceeds what chance makes no more often than stated", () => {
    const random = randomSequence(5);
    const limit = distanceByChance(100, 0.05);
    const lives = Array.from({ length: 2000 }, () => shapeDistance(drawn(100, random), uniform, 0, 0));
    const exceeding = lives.filter((distance) => distance > limit).length / lives.length;
    // Of 0.05, three standard errors of 2000 are 0.0146; the bound is nearly tight.
    assert.ok(exceeding < 0.0646 && exceeding > 0.02, String(exceeding));
  });
});
