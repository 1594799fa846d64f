import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Check } from "../../lib/contract/calibration.ts";
import { compare, unjudged } from "./check.ts";
import { confirmed, untilSettled } from "./settle.ts";

const FACTS = { quantity: "delay", unit: "ms", configured: 50, samples: 30, note: "by ping" } as const;
const measured = (millis: number) => compare({ ...FACTS, expected: 50, tolerance: 0.5, measured: millis });
const busy: Check = unjudged({ ...FACTS, note: "a busy machine" });

async function settled(...checks: Check[]): Promise<{ check: Check; taken: number }> {
  let taken = 0;
  const take = async () => checks[taken++] ?? assert.fail("one sample too many");
  const [check] = await untilSettled((sample: Check) => [sample], take);
  return { check: check as Check, taken };
}

describe("a check", () => {
  it("is within by one sample that is, after others that a busy machine spoilt", async () => {
    assert.deepEqual(await settled(measured(50.1)), { check: measured(50.1), taken: 1 });
    const { check, taken } = await settled(busy, measured(58), measured(50.1));
    assert.deepEqual([check.verdict, taken], ["within", 3]);
    assert.match(check.note, /3 samples were taken$/);
  });

  it("is outside by two samples that say the same", async () => {
    const { check, taken } = await settled(measured(52), busy, measured(52.1));
    assert.deepEqual([check.verdict, check.measured, taken], ["outside", 52.1, 3]);
  });

  it("of what cannot be taken anew is outside if a second sample is, and unjudged otherwise", () => {
    assert.equal(confirmed(measured(52), measured(53)).verdict, "outside");
    assert.equal(confirmed(measured(50.1), measured(53)).verdict, "within");
    const { verdict, note } = confirmed(measured(52), measured(50.1));
    assert.deepEqual([verdict, /^a busy machine: a second sample/.test(note)], ["unjudged", true]);
  });

  it("is given up after two samples that are far from good enough, but not after one", async () => {
    const vague: Check = { ...busy, errorRatio: 9 };
    const { check, taken } = await settled(vague, vague);
    assert.deepEqual([check.verdict, taken], ["unjudged", 2]);
    assert.equal((await settled(vague, { ...busy, errorRatio: 1.5 }, measured(50.1))).check.verdict, "within");
  });

  it("is left unjudged when its samples disagree, or none can be judged", async () => {
    const disagreeing = await settled(measured(52), measured(57), measured(54), measured(61));
    assert.equal(disagreeing.check.verdict, "unjudged");
    assert.match(disagreeing.check.note, /^a busy machine: the samples disagree/);
    assert.equal((await settled(busy, busy, busy, busy)).check.verdict, "unjudged");
  });
});
