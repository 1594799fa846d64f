import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DISTRIBUTIONS, highestOf, lowestOf, quantileOf, shapeOf, shareUpTo } from "./jitter-shapes.ts";

describe("the shapes of jitter", () => {
  it("are those of the tables that come with iproute2 6.1", () => {
    // Read from normal.dist, pareto.dist and paretonormal.dist: the ends, the deciles, the median.
    const read = {
      normal: [-4, -1.28223, 0, 1.28113, 3.52271],
      pareto: [-0.666626, -0.619141, -0.320068, 0.871704, 3.99988],
      paretonormal: [-1.50208, -0.784912, -0.23999, 0.973999, 3.88049],
    };
    for (const name of ["normal", "pareto", "paretonormal"] as const) {
      const shape = shapeOf(name);
      const made = [lowestOf(shape), ...[0.1, 0.5, 0.9].map((share) => quantileOf(shape, share)), highestOf(shape)];
      for (const [at, value] of made.entries()) {
        // A table is in steps of 1/8192, and normal.c goes by steps of half as much.
        assert.ok(Math.abs(value - (read[name][at] as number)) < 2 / 8192, `${name}: ${made.join(", ")}`);
      }
    }
  });

  it("rise, and have the shares that their quantiles are of", () => {
    for (const name of DISTRIBUTIONS) {
      const shape = shapeOf(name);
      assert.ok(shape.every((value, at) => at === 0 || value >= (shape[at - 1] as number)));
      for (const share of [0.01, 0.25, 0.5, 0.95]) {
        assert.ok(Math.abs(shareUpTo(shape, quantileOf(shape, share)) - share) < 0.001, `${name} ${share}`);
      }
      assert.deepEqual([shareUpTo(shape, -5), shareUpTo(shape, 5)], [0, 1]);
    }
  });

  it("of a uniform distribution ends at the jitter itself", () => {
    const shape = shapeOf("uniform");
    assert.deepEqual([lowestOf(shape), highestOf(shape)], [-1, 1]);
  });
});
