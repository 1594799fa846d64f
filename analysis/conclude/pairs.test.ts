// Which cells a ratio compares: every cell has exactly one counterpart, or the sentence is refused.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import { analyse } from "../analyse.ts";
import type { Conclusion, Manifest, Selection } from "../results.ts";
import { concludeStudy, conclusionProblems, type Finding, judgeCondition } from "./conclude.ts";

const RTTS = [20, 50, 100, 200];
const { manifest: synthetic } = syntheticStudy({ rtts: RTTS, rates: [50e6], objectBytes: [10_240], repetitions: 1 });
const PLANS = ["1.0-serial", "1.0-parallel"];
const ONE = { plan: PLANS[0] as string };
const OTHER = { plan: PLANS[1] as string };

/** The first plan takes 1.1 times as long as the second on every path, and the longer the path. */
const manifest: Manifest = {
  ...synthetic,
  predictions: [],
  effects: [],
  cells: synthetic.cells.filter(({ levels }) => PLANS.includes(String(levels.plan))),
};
const runs = manifest.cells.flatMap(({ id, levels }) =>
  [0.99, 1, 1.01].map((luck, block) => {
    const pageTime = luck * Number(levels.rtt) * (levels.plan === ONE.plan ? 1.1 : 1);
    return {
      index: 0,
      cell: id,
      block,
      startedAt: "",
      voidReason: null,
      saturated: "none" as const,
      values: { pageTime },
    };
  }),
);

function studyOf(call: string, above: Selection, below: Selection, study = manifest): Manifest {
  const conclusion: Conclusion = { cells: { above, below }, say: `{${call}}`, when: `${call} > 1` };
  return { ...study, conclusions: [conclusion] };
}

const problemsOf = (call: string, above: Selection, below: Selection) =>
  conclusionProblems(studyOf(call, above, below))
    .conclusions.flat()
    .map(({ message }) => message);

const finding = (call: string, above: Selection, below: Selection, some = runs) =>
  concludeStudy(analyse(studyOf(call, above, below), some))[0] as Finding;

describe("a ratio of two sets of cells", () => {
  for (const [what, above, below] of [
    ["in whatever order each lists them", { ...ONE, rtt: [20, 100] }, { ...OTHER, rtt: [100, 20] }],
    ["though only one lists them all", ONE, { ...OTHER, rtt: RTTS }],
    ["though neither names them", ONE, OTHER],
  ] as const) {
    it(`compares cells of the same level of what both have alike, ${what}`, () => {
      assert.deepEqual(problemsOf("ratio(pageTime, above, below)", above, below), []);
      for (const call of ["ratio", "smallestRatio", "largestRatio"]) {
        assert.match(finding(`${call}(pageTime, above, below)`, above, below).text, /^1\.10 /);
      }
    });
  }

  it("is refused where a cell has several counterparts, as a list of levels against another has", () => {
    for (const call of ["ratio", "smallestRatio", "largestRatio"]) {
      const problems = problemsOf(
        `${call}(pageTime, above, below)`,
        { ...ONE, rtt: [50, 200] },
        { ...ONE, rtt: [20, 100] },
      );
      assert.match(problems[0] ?? "", /2 cells against 2 make 0 pairs .* exactly one counterpart/);
    }
    for (const [above, below] of [
      [ONE, { ...OTHER, rtt: 100 }],
      [{ ...ONE, rtt: 100 }, OTHER],
      [
        { ...ONE, rtt: [20, 50] },
        { ...OTHER, rtt: [50, 100] },
      ],
    ] as const) {
      assert.match(problemsOf("ratio(pageTime, above, below)", above, below)[0] ?? "", /make 0 pairs/);
    }
  });
});

describe("a crossover", () => {
  const CALL = "crossover(rtt, pageTime, above, below)";

  it("of means that keep their order is not found, and is refused against a single level", () => {
    assert.deepEqual(problemsOf(CALL, ONE, OTHER), []);
    assert.equal(finding(CALL, ONE, OTHER).text, "–");
    assert.match(problemsOf(CALL, ONE, { ...OTHER, rtt: 100 })[0] ?? "", /4 cells against 1 make 0 pairs/);
    assert.match(problemsOf(CALL, { ...ONE, rtt: 100 }, OTHER)[0] ?? "", /differ in more|make 0 pairs/);
  });

  it("has no interval while a level between has not been measured, for it could be there", () => {
    const crossing = runs.map((run) => {
      const { plan, rtt } = manifest.cells.find(({ id }) => id === run.cell)?.levels ?? {};
      return plan === ONE.plan && Number(rtt) < 200
        ? { ...run, values: { pageTime: (run.values.pageTime ?? 0) / 2 } }
        : run;
    });
    assert.match(finding(CALL, ONE, OTHER, crossing).text, /^1\d\d ms \(\d+ to \d+\)$/);
    const without = crossing.filter(({ cell }) => manifest.cells.find(({ id }) => id === cell)?.levels.rtt !== 50);
    assert.match(finding(CALL, ONE, OTHER, without).text, /^1\d\d ms$/);
  });

  it("is refused where cells differ in a factor beside its own, if only as the study leaves others out", () => {
    const stairs = manifest.cells.map((cell) => {
      const rate = Number(cell.levels.rtt) > 50 ? 10e6 : 50e6;
      return { ...cell, levels: { ...cell.levels, rate } };
    });
    const [[problem] = []] = conclusionProblems(studyOf(CALL, ONE, OTHER, { ...manifest, cells: stairs })).conclusions;
    assert.match(problem?.message ?? "", /differ in more than the factor/);
  });
});

it("a sentence in results of an earlier version that is refused today decides nothing, and says why", () => {
  const call = "ratio(pageTime, above, below)";
  const [above, below] = [
    { ...ONE, rtt: [50, 200] },
    { ...ONE, rtt: [20, 100] },
  ];
  const { status, text, reasons } = finding(call, above, below);
  assert.deepEqual([status, text], ["open", "–"]);
  assert.match(reasons[0] ?? "", /^column 1: 2 cells against 2 make 0 pairs/);
  assert.equal(
    judgeCondition({ cells: { above, below }, when: `${call} > 1` }, analyse(manifest, runs)).status,
    "open",
  );
});
