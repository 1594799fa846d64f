// The pauses of users in virtual time: functions of the seed, the user and which pause it is.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { randomAt } from "../../lib/random.ts";
import { startVirtualServer } from "./lab/virtual-server.ts";
import { Recorder } from "./recorder.ts";

const [SEED, MEAN_MILLIS] = [7, 20];
/** The stream of the first user's pauses. */
const THINKING = 0x10000;

/** When the first user begins its requests, if the server answers so many at once and no more. */
async function begunMillis(answers: number, given: Record<string, unknown>): Promise<number[]> {
  const begun: number[] = [];
  class Watching extends Recorder {
    override begun(intendedMillis: number): void {
      super.begun(intendedMillis);
      begun.push(intendedMillis);
    }
  }
  let served = 0;
  const load = { target: "a:1", seed: SEED, thinkMillis: MEAN_MILLIS, seconds: 10, ending: "cut", rttMillis: 1 };
  await startVirtualServer(() => (served++ < answers ? 0 : 1e6)).load(parseSettings({ ...load, ...given }), Watching);
  return begun;
}

/** The first pauses of the first user, in the order of the answers before them. */
function pausesMillis(count: number): number[] {
  return Array.from({ length: count }, (_, index) => -MEAN_MILLIS * Math.log(randomAt(SEED, THINKING, index + 1)));
}

describe("the pauses of a user", () => {
  it("are each drawn anew after answers that come together in a pipeline", async () => {
    const begun = await begunMillis(8, { pipeline: 8 });
    assert.deepEqual(begun.slice(0, 8), Array(8).fill(0));
    const expected = pausesMillis(8).toSorted((one, other) => one - other);
    assert.equal(new Set(expected).size, 8);
    assert.deepEqual(begun.slice(8), expected);
  });

  it("are the same ones where one request follows another", async () => {
    const begun = await begunMillis(8, {});
    const gaps = begun.slice(1).map((at, index) => at - (begun[index] ?? 0));
    const expected = pausesMillis(8);
    assert.equal(gaps.length, 8);
    for (const [index, gap] of gaps.entries()) assert.ok(Math.abs(gap - (expected[index] ?? 0)) < 1e-9, `${index}`);
  });
});
