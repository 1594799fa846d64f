import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { fromWire, toWire } from "./sequence.ts";

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const index = fc.oneof(fc.nat(100), fc.integer({ min: 2 ** 31 - 50, max: 2 ** 31 + 50 }), fc.maxSafeNat());

it("an index comes back from the wire when what is known is less than 2^31 away", () => {
  fc.assert(
    fc.property(word, index, fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }), (initial, of, away) => {
      const near = of + away;
      fc.pre(near >= 0 && Number.isSafeInteger(near) && of < 2 ** 52);
      assert.equal(fromWire(toWire(of, initial), initial, near), of);
    }),
    { numRuns: 2000 },
  );
});

it("the number after 4294967295 is 0, and is read as later", () => {
  assert.equal(toWire(1, 0xffffffff), 0);
  assert.equal(fromWire(0, 0xffffffff, 0), 1);
  assert.equal(fromWire(0xffffffff, 0, 0), -1);
});
