import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inQuadrature, inverse, reaching, reachOf } from "./quadrature.ts";

const estimate = (value: number, lower: number | null, upper: number | null) => ({ value, lower, upper });

describe("the interval of a product of independent estimates", () => {
  it("is that of the only one that is uncertain", () => {
    const measured = estimate(4, 2, 5);
    const reach = reachOf(measured);
    assert.ok(reach !== null);
    const { value, lower, upper } = reaching(8 / 4, inQuadrature([{ below: 0, above: 0 }, inverse(reach)]));
    assert.equal(value, 2);
    assert.ok(Math.abs((lower ?? 0) - 8 / 5) < 1e-12 && Math.abs((upper ?? 0) - 8 / 2) < 1e-12, `${lower} ${upper}`);
  });

  it("reaches as far as the root of the sum of squares, on the logarithm and on either side by itself", () => {
    const { lower, upper } = reaching(
      1,
      inQuadrature([
        { below: 0.3, above: 0.6 },
        { below: 0.4, above: 0.8 },
      ]),
    );
    assert.ok(Math.abs((lower ?? 0) - Math.exp(-0.5)) < 1e-12 && Math.abs((upper ?? 0) - Math.E) < 1e-12);
  });

  it("is none where one of them has none, reaches zero or has no end", () => {
    assert.equal(reachOf(estimate(4, null, null)), null);
    assert.equal(reachOf(estimate(4, -1, 9)), null);
    const endless = { below: 0.1, above: Number.POSITIVE_INFINITY };
    for (const reach of [null, inQuadrature([endless, { below: 1, above: 1 }])]) {
      assert.deepEqual(reaching(4, reach), estimate(4, null, null));
    }
  });
});
