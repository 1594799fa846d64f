// Ratios of rare counts in a sentence are those of the table of effects, and their extremes have
// bounds of the same kind.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import { type Analysis, analyse } from "../analyse.ts";
import { formatEstimate } from "../format.ts";
import type { Manifest, Run } from "../results.ts";
import { rateInterval } from "../stats/count-ratio.ts";
import { concludeStudy, type Finding } from "./conclude.ts";

const RTTS = [20, 50, 100];
const { manifest: made } = syntheticStudy({ rtts: RTTS, rates: [50e6], objectBytes: [10_240], repetitions: 1 });
const [ONE, OTHER] = ["1.0-serial", "1.0-parallel"] as const;
const manifest: Manifest = {
  ...made,
  quantities: [{ name: "timeouts", label: "time-outs", unit: "1" }],
  cells: made.cells.filter(({ levels }) => levels.plan === ONE || levels.plan === OTHER),
  predictions: [],
  effects: [{ quantity: "timeouts", factor: "plan", level: ONE, against: OTHER }],
  plots: [],
};

/** The counts of both plans in the runs of a path. */
interface Path {
  above: readonly number[];
  below: readonly number[];
}

const path = (above: Path["above"], below: Path["below"]): Path => ({ above, below });

/** Of paths from the shortest to the longest. */
function analysisOf(paths: readonly Path[], when: string): Analysis {
  const rtt = RTTS.slice(0, paths.length);
  const cells = { above: { plan: ONE, rtt }, below: { plan: OTHER, rtt } };
  const [call = ""] = when.split(" < ");
  const runs = manifest.cells.flatMap(({ id, levels }) =>
    (paths[RTTS.indexOf(Number(levels.rtt))]?.[levels.plan === ONE ? "above" : "below"] ?? []).map(
      (timeouts, block): Run => ({
        index: 0,
        cell: id,
        block,
        startedAt: "",
        voidReason: null,
        saturated: "none",
        values: { timeouts },
      }),
    ),
  );
  return analyse({ ...manifest, conclusions: [{ cells, say: `{${call}}`, when }] }, runs);
}

const findingOf = (paths: readonly Path[], when: string) => concludeStudy(analysisOf(paths, when))[0] as Finding;

const boundsOf = (above: number, below: number, confidence: number) =>
  rateInterval({ above, below, exposureAbove: 3, exposureBelow: 3 }, confidence);

describe("a ratio of rare counts in a sentence", () => {
  const RATIO = "ratio(timeouts, above, below) < 1";

  it("is the one in the table of effects, whatever the counts", () => {
    for (const one of [
      path([1, 1, 1], [2, 2, 2]),
      path([0, 0, 0], [50, 48, 52]),
      path([50, 48, 52], [0, 0, 0]),
      path([2, 5, 3], [1, 2, 2]),
      path([90, 100, 110], [180, 200, 220]),
      path([6, 6, 6, 6, 6, 6], [3, 3, 3, 3, 3, 3]),
      path([0, 0, 0], [0, 0, 0]),
      path([3], [4]),
    ]) {
      const analysis = analysisOf([one], RATIO);
      const { ratio } = analysis.effects[0] ?? assert.fail();
      assert.equal(concludeStudy(analysis)[0]?.text, formatEstimate(ratio), JSON.stringify(one));
    }
  });

  it("is no ground for what chance explains, though all runs of a side are alike", () => {
    const { status, text } = findingOf([path([1, 1, 1], [2, 2, 2])], RATIO);
    assert.deepEqual([status, text], ["open", "0.50 (0.08 to 2.34)"]);
  });

  it("is known of a side without any events", () => {
    assert.equal(findingOf([path([0, 0, 0], [50, 48, 52])], RATIO).status, "supported");
    assert.equal(findingOf([path([50, 48, 52], [0, 0, 0])], RATIO).status, "contradicted");
    assert.equal(findingOf([path([0, 0, 0], [0, 0, 0])], RATIO).status, "open");
  });

  it("has, as an extreme of several pairs, bounds that hold for all of them together", () => {
    const paths = [path([1, 1, 1], [2, 2, 2]), path([0, 0, 0], [50, 48, 52])];
    const [first, second] = [boundsOf(3, 6, 0.975), boundsOf(0, 150, 0.975)];
    assert.equal(findingOf(paths, "largestRatio(timeouts, above, below) < 1").text, formatEstimate(first));
    assert.equal(findingOf(paths, "smallestRatio(timeouts, above, below) < 1").text, formatEstimate(second));
  });

  it("has, as the mean of several pairs, the mean of those bounds", () => {
    const paths = [path([1, 1, 1], [2, 2, 2]), path([1, 0, 2], [3, 4, 2])];
    const [first, second] = [boundsOf(3, 6, 0.975), boundsOf(3, 9, 0.975)];
    const mean = (side: "value" | "lower" | "upper") => Math.sqrt((first[side] ?? 0) * (second[side] ?? 0));
    const expected = { value: mean("value"), lower: mean("lower"), upper: mean("upper") };
    assert.equal(findingOf(paths, RATIO).text, formatEstimate(expected));
    const unknown = [path([1, 1, 1], [2, 2, 2]), path([0, 0, 0], [0, 0, 0])];
    assert.deepEqual([findingOf(unknown, RATIO).status, findingOf(unknown, RATIO).text], ["open", "–"]);
  });
});

describe("a crossover of rare counts", () => {
  it("has no interval, for none is known of theirs", () => {
    const CROSSOVER = "crossover(rtt, timeouts, above, below) < 200";
    const many = [
      path([100, 110, 105], [200, 210, 205]),
      path([190, 200, 210], [200, 210, 190]),
      path([300, 310, 290], [200, 190, 210]),
    ];
    assert.equal(findingOf(many, CROSSOVER).status, "supported");
    const rare = [...many.slice(0, 2), path([2, 2, 2], [1, 1, 1])];
    const { status, text } = findingOf(rare, CROSSOVER);
    assert.equal(status, "open");
    assert.match(text, /^[\d.]+ ms$/);
  });
});
