// Two studies with planted differences are found different, and what was never compared keeps them
// from being the same.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../tests/study/synthetic.ts";
import { type Analysis, analyse } from "./analyse.ts";
import { type Comparison, compareStudies } from "./compare.ts";
import type { Manifest, Run } from "./results.ts";
import { subjectsOf } from "./subjects.ts";

const LOSSES = { name: "lossEvents", label: "losses", unit: "1" };
const SIZE = { rtts: [30, 200], rates: [10e6], objectBytes: [10_240], repetitions: 8, requests: 40 };
const { manifest, runs } = syntheticStudy(SIZE);
const analysis = analyse(manifest, runs);

describe("comparing two studies", () => {
  const verdictOf = (again: readonly Run[], margin = 0.05): Comparison =>
    compareStudies(analysis, analyse(manifest, again), { margin, quantities: ["pageTime", "connect"] });

  it("finds a study the same as itself, and as its repetition with another seed", () => {
    assert.equal(verdictOf(runs).verdict, "same");
    assert.equal(verdictOf(syntheticStudy({ ...SIZE, seed: 8 }).runs).verdict, "same");
  });

  it("counts the cells of each quantity by what they are", () => {
    const { quantities } = verdictOf(runs);
    const { length } = manifest.cells;
    assert.deepEqual(quantities, [
      { quantity: "pageTime", same: length, different: 0, inconclusive: 0 },
      { quantity: "connect", same: length, different: 0, inconclusive: 0 },
    ]);
  });

  it("refuses two different studies, and names both", () => {
    const another = analyse({ ...manifest, name: "loss" }, runs);
    assert.throws(() => compareStudies(analysis, another, { margin: 0.05, quantities: [] }), {
      code: "E_BAD_RESULTS",
      message: /first results are of "synthetic", the second of "loss"/,
    });
  });

  it("finds a round trip that is 10 % longer", () => {
    const longer = syntheticStudy({ ...SIZE, rtts: [11, 220], seed: 8 }).runs.map(
      (run, index): Run => ({ ...run, cell: runCell(run.cell), index }),
    );
    const { verdict, cells } = verdictOf(longer);
    assert.equal(verdict, "different");
    // At 10 ms the time of some plans is mostly the link's rate, which did not change.
    const changed = cells.filter(({ quantity, cell }) => quantity === "connect" || cell.levels.rtt === 200);
    assert.deepEqual([...new Set(changed.map((cell) => cell.verdict))], ["different"]);
  });

  it("cannot tell with two runs a cell, and does not call that the same", () => {
    const { verdict } = verdictOf(
      runs.filter(({ block }) => block < 2),
      0.01,
    );
    assert.equal(verdict, "inconclusive");
  });

  /** Of two runs of one value that is drawn around a mean, or of a constant. */
  const verdictsOf = (one: (index: number) => number | null, other: (index: number) => number | null) => {
    const measuring = (value: (index: number) => number | null) =>
      runs.map((run): Run => ({ ...run, voidReason: null, values: { pageTime: value(run.block) } }));
    const [first, second] = [analyse(manifest, measuring(one)), analyse(manifest, measuring(other))];
    const { cells } = compareStudies(first, second, { margin: 0.05, quantities: ["pageTime"] });
    return [...new Set(cells.map(({ verdict }) => verdict))];
  };

  it("finds constants the same where they are equal, also where both are 0, and different where they differ", () => {
    assert.deepEqual(
      verdictsOf(
        () => 0,
        () => 0,
      ),
      ["same"],
    );
    assert.deepEqual(
      verdictsOf(
        () => 3,
        () => 3,
      ),
      ["same"],
    );
    assert.deepEqual(
      verdictsOf(
        () => 0,
        () => 3,
      ),
      ["different"],
    );
    assert.deepEqual(
      verdictsOf(
        () => 3,
        () => 0,
      ),
      ["different"],
    );
  });

  it("calls different what lies beyond the margin, not what merely is not equal", () => {
    const around = (mean: number) => (block: number) => mean * (1 + 0.03 * Math.sin(7 * block));
    assert.deepEqual(verdictsOf(around(1), around(1.04)), ["inconclusive"]);
    assert.deepEqual(verdictsOf(around(1), around(1.3)), ["different"]);
  });

  it("cannot tell of a quantity that only one of them has", () => {
    assert.deepEqual(
      verdictsOf(
        () => 3,
        () => null,
      ),
      ["inconclusive"],
    );
  });

  it("names the cells that only one of them has", () => {
    const [first] = manifest.cells;
    const { unmatched, verdict } = verdictOf(runs.filter(({ cell }) => cell !== first?.id));
    assert.deepEqual(unmatched, [first?.id]);
    assert.equal(verdict, "inconclusive", "one that measured less did not reproduce");
  });

  it("names the cells that only one of them has, though it has not measured them", () => {
    const [first, ...others] = manifest.cells;
    const measured = runs.filter(({ cell }) => cell !== first?.id);
    const [whole, less] = [manifest, { ...manifest, cells: others }].map((of) => analyse(of, measured)) as [
      Analysis,
      Analysis,
    ];
    for (const [one, other] of [
      [whole, less],
      [less, whole],
    ] as const) {
      const { unmatched, verdict } = compareStudies(one, other, { margin: 0.05, quantities: ["pageTime"] });
      assert.deepEqual([unmatched, verdict], [[first?.id], "inconclusive"]);
    }
  });
});

describe("comparing what neither of two studies can tell", () => {
  const needs = [{ of: "pageTime", quantity: "lossEvents", atLeast: 100 }];
  const [rich] = manifest.cells;
  const lossy: Manifest = { ...manifest, needs, quantities: [...manifest.quantities, LOSSES] };
  const losing = runs.map((run): Run => {
    const lossEvents = run.cell === rich?.id ? 150 : 3;
    return { ...run, voidReason: null, values: { pageTime: 0.5, lossEvents } };
  });
  const comparison = (some: readonly Run[], quantities: readonly string[], of = lossy): Comparison =>
    compareStudies(analyse(of, some), analyse(of, some), { margin: 0.05, quantities });
  const others = manifest.cells.length - 1;

  it("is inconclusive in cells with less than the study needs, whatever the others are", () => {
    const { verdict, quantities, cells } = comparison(losing, ["pageTime"]);
    assert.equal(verdict, "inconclusive");
    assert.deepEqual(quantities, [{ quantity: "pageTime", same: 1, different: 0, inconclusive: others }]);
    assert.deepEqual(cells.at(-1)?.ratio, { value: Number.NaN, lower: null, upper: null });
    const whole = comparison(losing, ["pageTime"], { ...lossy, needs: [] });
    assert.equal(whole.verdict, "same");
  });

  it("is inconclusive in a quantity that no run of either has", () => {
    const { verdict, quantities } = comparison(losing, ["lossEvents", "goodput"]);
    assert.equal(verdict, "inconclusive");
    assert.deepEqual(quantities[1], { quantity: "goodput", same: 0, different: 0, inconclusive: others + 1 });
  });

  it("is inconclusive in cells without a run that counts", () => {
    const voided = losing.map((run): Run => (run.cell === rich?.id ? run : { ...run, voidReason: "it was busy" }));
    const { verdict, quantities } = comparison(voided, ["pageTime"]);
    assert.equal(verdict, "inconclusive");
    assert.deepEqual(quantities, [{ quantity: "pageTime", same: 1, different: 0, inconclusive: others }]);
  });

  it("leaves a cell out of a quantity that only others measure, as those of another kind do", () => {
    const kinds = losing.map((run): Run => ({ ...run, values: run.cell === rich?.id ? { goodput: 2 } : run.values }));
    const { verdict, quantities } = comparison(kinds, ["pageTime", "goodput"], { ...lossy, needs: [] });
    assert.equal(verdict, "same");
    assert.deepEqual(
      quantities.map(({ same }) => same),
      [others, 1],
    );
  });
});

function runCell(id: string): string {
  return id.replace(" 11 ", " 10 ").replace(" 220 ", " 200 ");
}

describe("comparing rare counts", () => {
  const counting: Manifest = { ...manifest, quantities: [{ name: "timeouts", label: "time-outs", unit: "1" }] };
  const verdictsOf = (one: (block: number) => number | null, other: (block: number) => number | null) => {
    const [first, second] = [one, other].map((count) =>
      analyse(
        counting,
        runs.map((run): Run => ({ ...run, voidReason: null, values: { timeouts: count(run.block) } })),
      ),
    ) as [Analysis, Analysis];
    const { cells } = compareStudies(first, second, { margin: 0.3, quantities: ["timeouts"] });
    return [...new Set(cells.map(({ verdict }) => verdict))];
  };
  const few = (block: number) => (block === 3 ? 1 : 0);
  const many = (block: number) => 45 + block;

  it("finds no events and many different, whichever was first", () => {
    assert.deepEqual(
      verdictsOf(() => 0, many),
      ["different"],
    );
    assert.deepEqual(
      verdictsOf(many, () => 0),
      ["different"],
    );
  });

  it("finds no events and bursts of them different, whichever was first", () => {
    const bursts = (block: number) => [40, 1080, 33, 500, 90, 7, 300, 61][block] ?? 1;
    assert.deepEqual([verdictsOf(() => 0, bursts), verdictsOf(bursts, () => 0)], [["different"], ["different"]]);
    const now = (block: number) => (block % 2 === 0 ? bursts(block) : 0);
    assert.deepEqual(
      verdictsOf(() => 0, now),
      ["inconclusive"],
      "half of the runs have none on both sides",
    );
  });

  it("cannot tell the ratio of none and few events, also where both have as many", () => {
    assert.deepEqual(
      verdictsOf(() => 0, few),
      ["inconclusive"],
    );
    assert.deepEqual(verdictsOf(few, few), ["inconclusive"]);
    assert.deepEqual(
      verdictsOf(
        () => 0,
        () => 0,
      ),
      ["inconclusive"],
    );
  });

  it("finds counts the same that are constants, such as the connections of a page", () => {
    assert.deepEqual(
      verdictsOf(
        () => 6,
        () => 6,
      ),
      ["same"],
    );
  });

  it("cannot tell from one run a side, which may be a burst, however many events it has", () => {
    const once = (count: number) => (block: number) => (block === 0 ? count : null);
    assert.deepEqual(verdictsOf(once(100_000), once(120_000)), ["inconclusive"]);
    assert.deepEqual(verdictsOf(once(100_000), once(100_000)), ["inconclusive"]);
    assert.deepEqual(
      verdictsOf(once(0), () => 3),
      ["inconclusive"],
    );
  });
});

describe("the subjects of a comparison", () => {
  it("are what the study goes on for, predicts and compares, else what it draws, else all", () => {
    const { predictions, plots } = manifest;
    const until = { quantity: "server", withinRatio: 0.05 };
    const bare = { ...manifest, predictions: [], effects: [] };
    assert.deepEqual(subjectsOf({ ...bare, predictions, stopping: { atLeast: 3, atMost: 9, until } }), {
      subjects: ["server", "pageTime"],
      others: ["connect", "transfer", "request", "goodput"],
    });
    const [first] = plots;
    assert.deepEqual(subjectsOf({ ...bare, plots: first === undefined ? [] : [first] }).subjects, ["pageTime"]);
    assert.equal(subjectsOf({ ...bare, plots: [] }).subjects.length, manifest.quantities.length);
  });
});
