// The order of runs, their repetition and the rule that ends them, without a testbed.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Repetitions, Run } from "../analysis/results.ts";
import { syntheticStudy } from "../tests/study/synthetic.ts";
import type { StudyCell } from "./file/study.ts";
import { hasAllRuns, MOST_ATTEMPTS, nextRun } from "./next-run.ts";
import { blockOrder, runSeed } from "./order.ts";

const cells: StudyCell[] = ["a", "b", "c", "d", "e"].map((id) => ({ id, levels: { which: id }, settings: {} }));

function study(seed: number, repetitions: Repetitions) {
  return { seed, repetitions };
}

const fixed = (times: number): Repetitions => ({ atLeast: times, atMost: times, until: null });

function follow(
  plan: ReturnType<typeof study>,
  outcome: (run: Run) => Partial<Run>,
  from: readonly Run[] = [],
  most = 10_000,
) {
  const runs = [...from];
  for (let next = nextRun(plan, cells, runs); next !== null && runs.length < most; next = nextRun(plan, cells, runs)) {
    const run: Run = {
      index: runs.length,
      cell: next.cell.id,
      block: next.block,
      startedAt: "",
      voidReason: null,
      saturated: "none",
      values: { time: 1 },
    };
    runs.push({ ...run, ...outcome(run) });
  }
  return runs;
}

describe("the order of a study's runs", () => {
  it("measures every cell once in each block, in an order of its own", () => {
    const runs = follow(study(7, fixed(4)), () => ({}));
    assert.equal(runs.length, 20);
    const blocks = [0, 1, 2, 3].map((block) => runs.filter((run) => run.block === block).map(({ cell }) => cell));
    for (const block of blocks) assert.deepEqual([...block].sort(), ["a", "b", "c", "d", "e"]);
    assert.ok(new Set(blocks.map(String)).size > 1, "every block has the same order");
    assert.deepEqual(
      runs.map(({ block }) => block),
      [...runs.map(({ block }) => block)].sort((one, other) => one - other),
    );
  });

  it("is the same for a seed and another for another", () => {
    const orders = (seed: number) => follow(study(seed, fixed(3)), () => ({})).map(({ cell }) => cell);
    assert.deepEqual(orders(1), orders(1));
    assert.notDeepEqual(orders(1), orders(2));
  });

  it("puts each cell in each place about as often as any other", () => {
    const blocks = 2000;
    const first = Array.from({ length: blocks }, (_, block) => blockOrder(cells, 3, block)[0]?.id);
    for (const { id } of cells) {
      const share = first.filter((each) => each === id).length / blocks;
      // One fifth; five standard deviations of a binomial share are 0.045.
      assert.ok(Math.abs(share - 0.2) < 0.045, `${id} is first in ${share} of the blocks`);
    }
  });

  it("gives every run a seed of its own in netem's range", () => {
    const seeds = cells.flatMap(({ id }) => Array.from({ length: 200 }, (_, block) => runSeed(1, block, id)));
    assert.equal(new Set(seeds).size, seeds.length);
    assert.ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 1 && seed < 2 ** 32));
  });
});

describe("a study that goes on after it was killed", () => {
  it("measures the same cells as one that was not, wherever it was cut", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 1000 }), (cut, seed) => {
        const plan = study(seed, fixed(3));
        const isVoid = ({ index }: Run) => (index % 7 === 3 ? { voidReason: "planted" } : {});
        const whole = follow(plan, isVoid);
        const resumed = follow(plan, isVoid, whole.slice(0, cut));
        assert.deepEqual(resumed, whole);
      }),
    );
  });
});

describe("the walk over the blocks", () => {
  it("begins at the last run's and finds what it would from the first one on, after any void runs", () => {
    const until: Repetitions = { atLeast: 3, atMost: 6, until: { quantity: "time", withinRatio: 0.2 } };
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1 }), fc.integer({ min: 1, max: 1000 }), (fates, seed) => {
        for (const plan of [study(seed, until), study(seed, fixed(3))]) {
          const whole = follow(plan, ({ index }) => {
            const fate = fates[index % fates.length] as number;
            return { voidReason: fate > 6 ? "planted" : null, values: { time: 1 + fate / 10 } };
          });
          for (let count = 1; count <= whole.length; count += 1) {
            const runs = whole.slice(0, count);
            // The last of these is of the first block.
            assert.deepEqual(nextRun(plan, cells, runs), nextRun(plan, cells, runs.toReversed()));
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("results", () => {
  it("are whole with the last run and not before, void runs and a rule that ends cells included", () => {
    const stopping: Repetitions = { atLeast: 3, atMost: 5, until: { quantity: "time", withinRatio: 0.05 } };
    const whole = follow(study(7, stopping), ({ index }) => ({
      voidReason: index === 4 ? "planted" : null,
      values: { time: index % 5 === 0 ? 2 : 1 },
    }));
    const manifest = { ...syntheticStudy({ repetitions: 1, requests: 0 }).manifest, seed: 7, stopping, cells };
    for (let count = 0; count < whole.length; count += 1)
      assert.equal(hasAllRuns(manifest, whole.slice(0, count)), false, `${count} of ${whole.length}`);
    assert.equal(hasAllRuns(manifest, whole), true);
  });
});

describe("a void run", () => {
  it("is measured again at the end of its block, and counts for nothing", () => {
    const runs = follow(study(5, fixed(2)), ({ index }) => (index === 1 ? { voidReason: "planted" } : {}));
    assert.equal(runs.length, 11);
    assert.deepEqual([runs[5]?.cell, runs[5]?.block], [runs[1]?.cell, 0]);
  });

  it("is given up after so many attempts, and the study ends", () => {
    const runs = follow(study(5, fixed(2)), ({ cell }) => (cell === "c" ? { voidReason: "always" } : {}));
    assert.equal(runs.filter(({ cell }) => cell === "c").length, 2 * MOST_ATTEMPTS);
    assert.equal(runs.length, 8 + 2 * MOST_ATTEMPTS);
  });
});

describe("the rule that ends a cell", () => {
  const until: Repetitions = { atLeast: 3, atMost: 12, until: { quantity: "time", withinRatio: 0.05 } };

  it("stops cells that agree early, and goes on with those that do not until the bound", () => {
    const runs = follow(study(5, until), ({ cell, index }) => ({
      values: { time: cell === "a" ? 1 + (index % 2) : 1 },
    }));
    const count = (id: string) => runs.filter(({ cell }) => cell === id).length;
    assert.deepEqual(["b", "c", "d", "e"].map(count), [3, 3, 3, 3]);
    assert.equal(count("a"), 12);
  });

  it("never stops before the least number of runs", () => {
    const runs = follow(study(5, { ...until, atLeast: 6 }), () => ({}));
    assert.equal(runs.length, 30);
  });
});
