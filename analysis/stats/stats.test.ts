// Statistics against published values, closed forms and second derivations.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { randomSequence } from "../../lib/random.ts";
import { bootstrap } from "./bootstrap.ts";
import { crossover } from "./crossover.ts";
import { equivalence } from "./equivalence.ts";
import { decodeHistogram, histogramQuantile, mergeHistograms, requestQuantiles } from "./histograms.ts";
import { holm } from "./holm.ts";
import { meanWithInterval } from "./mean-interval.ts";
import { medianWithInterval } from "./median-interval.ts";
import { ratioInterval, ratioOfMeans, ratioProbability } from "./ratio.ts";
import { criticalT, twoSidedTail } from "./student.ts";
import { mean, median, quantileOfSorted, standardDeviation } from "./summary.ts";

const near = (actual: number | null, expected: number, tolerance: number) =>
  assert.ok(Math.abs((actual as number) - expected) <= tolerance, `${actual}, expected ${expected}`);

describe("Student's t", () => {
  it("has the quantiles of every printed table", () => {
    for (const [degrees, printed] of [
      [1, 12.706],
      [4, 2.776],
      [9, 2.262],
      [29, 2.045],
      [120, 1.98],
    ] as const)
      near(criticalT(degrees, 0.95), printed, 5e-4);
  });

  it("has the tail that an integral of its density over 2 degrees gives in closed form", () => {
    const t = 3;
    near(twoSidedTail(t, 2), 1 - t / Math.sqrt(t * t + 2), 1e-12);
  });
});

describe("an estimate from runs", () => {
  /**
   * Student 1908, the additional hours of sleep by drug 2 over drug 1: mean 1.58, sd 1.23, 95 %
   * interval 0.70 to 2.46.
   */
  const sleep = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];

  it("has mean, median, sample standard deviation and interval of Student's own example", () => {
    near(mean(sleep), 1.58, 1e-12);
    near(median(sleep), 1.3, 1e-12);
    near(standardDeviation(sleep), 1.23, 0.0005);
    const { lower, upper } = meanWithInterval(sleep);
    near(lower, 0.7001, 5e-4);
    near(upper, 2.4599, 5e-4);
  });

  it("has no interval where there is one run, nor a median's below six", () => {
    assert.deepEqual(meanWithInterval([3]), { value: 3, lower: null, upper: null });
    assert.deepEqual(medianWithInterval([1, 2, 3, 4, 5]), { value: 3, lower: null, upper: null });
  });

  it("has a median's interval between order statistics, also for thousands of runs", () => {
    const { lower, upper } = medianWithInterval(Array.from({ length: 2001 }, (_, index) => index));
    near(lower, 1000 - 0.98 * Math.sqrt(2001), 1);
    near(upper, 1000 + 0.98 * Math.sqrt(2001), 1);
  });

  it("has quantiles as R's default type 7", () => {
    assert.equal(quantileOfSorted([1, 2, 3, 4], 0.25), 1.75);
    assert.equal(quantileOfSorted([5], 0.9), 5);
  });
});

describe("a ratio of means", () => {
  const [slow, fast] = [
    [20.1, 19.7, 20.4, 20.2, 19.9],
    [10.2, 9.9, 10.1, 10.3, 9.8],
  ];

  it("is the inverse of its inverse, interval and probability alike", () => {
    const [one, other] = [ratioOfMeans(slow, fast), ratioOfMeans(fast, slow)];
    near(ratioInterval(one).lower, 1 / (ratioInterval(other).upper as number), 1e-12);
    near(ratioProbability(one), ratioProbability(other) as number, 1e-15);
  });

  it("leaves 1 out of its interval exactly where its probability is below what the confidence allows", () => {
    const random = randomSequence(5);
    for (let trial = 0; trial < 300; trial += 1) {
      const draw = (centre: number) => Array.from({ length: 6 }, () => centre + random());
      const ratio = ratioOfMeans(draw(3), draw(3.5));
      const { lower, upper } = ratioInterval(ratio);
      const leavesOut = (lower as number) > 1 || (upper as number) < 1;
      assert.equal(leavesOut, (ratioProbability(ratio) as number) < 0.05);
    }
  });

  it("has no interval where a mean is not positive", () => {
    assert.equal(ratioInterval(ratioOfMeans([0, 0, 0], [1, 2, 3])).lower, null);
  });
});

describe("Holm's correction", () => {
  it("gives the adjusted probabilities of a worked example", () => {
    const corrected = holm([0.01, 0.04, 0.03, 0.005]);
    const adjusted = corrected.map(({ probability }) => probability);
    for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries())
      near(adjusted[index] as number, expected, 1e-12);
    assert.deepEqual(
      corrected.map(({ isRejected }) => isRejected),
      [true, false, false, true],
    );
  });

  it("keeps everything after the first that it keeps", () => {
    assert.deepEqual(
      holm([0.001, 0.04, 0.045]).map(({ isRejected }) => isRejected),
      [true, false, false],
    );
  });

  it("finds something in at most 5 % of families of ten without a difference", () => {
    const random = randomSequence(8);
    let found = 0;
    for (let family = 0; family < 4000; family += 1) {
      if (holm(Array.from({ length: 10 }, random)).some(({ isRejected }) => isRejected)) found += 1;
    }
    assert.ok(found / 4000 < 0.06, `${found / 4000}`); // 0.05 and three standard errors
  });
});

describe("equivalence by two one-sided tests", () => {
  const around = (centre: number, count: number, spread: number) => {
    const random = randomSequence(centre * 1000 + count);
    return Array.from({ length: count }, () => centre * (1 + spread * (random() - 0.5)));
  };

  it("is shown by many runs of equal means and not by two", () => {
    assert.equal(equivalence(ratioOfMeans(around(1, 10, 0.02), around(1, 11, 0.02)), 0.05).isEquivalent, true);
    assert.equal(equivalence(ratioOfMeans(around(1, 2, 0.2), around(1, 3, 0.2)), 0.05).isEquivalent, false);
  });

  it("is not shown of a change of 10 %, whose ratio leaves 1 out", () => {
    const changed = equivalence(ratioOfMeans(around(1.1, 10, 0.02), around(1, 10, 0.02)), 0.05);
    assert.equal(changed.isEquivalent, false);
    assert.ok((changed.differenceProbability as number) < 1e-6);
  });

  it("is wrongly shown in about 5 % of studies that differ by just the margin", () => {
    const random = randomSequence(3);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const runs = (centre: number) => Array.from({ length: 8 }, () => centre + 0.02 * normal());
    let shown = 0;
    for (let trial = 0; trial < 2000; trial += 1) {
      if (equivalence(ratioOfMeans(runs(1.05), runs(1)), 0.05).isEquivalent) shown += 1;
    }
    near(shown / 2000, 0.05, 0.015);
  });

  it("judges runs without any spread by their ratio alone", () => {
    assert.equal(equivalence(ratioOfMeans([2, 2], [2, 2]), 0.01).isEquivalent, true);
    assert.equal(equivalence(ratioOfMeans([2.2, 2.2], [2, 2]), 0.01).isEquivalent, false);
  });
});

describe("a crossover", () => {
  const at = (x: number, above: number, below: number) => ({
    x,
    above: Array(6).fill(above),
    below: Array(6).fill(below),
  });

  it("lies where the ratio passes 1, whatever the order of the levels", () => {
    near(crossover([at(400, 4, 2), at(100, 1, 2)], randomSequence(1)).value, 200, 1e-9);
  });

  it("is not a number where one side is always the larger, and has no interval where chance could undo it", () => {
    assert.ok(Number.isNaN(crossover([at(1, 1, 2), at(2, 1, 2)], randomSequence(1)).value));
    const spread = { x: 2, above: [1, 1, 5, 1, 5, 1], below: [2, 2, 2, 2, 2, 2] };
    assert.equal(crossover([at(1, 1, 2), spread], randomSequence(1)).lower, null);
  });
});

describe("quantiles of merged histograms", () => {
  const encoded = (values: readonly number[]) => {
    const histogram = build({ highestTrackableValue: 1e9, numberOfSignificantValueDigits: 3, bitBucketSize: 32 });
    for (const value of values) histogram.recordValue(value);
    return encodeIntoCompressedBase64(histogram);
  };

  it("are those of all requests sorted, within the histogram's 0.1 %", () => {
    const random = randomSequence(4);
    const runs = Array.from({ length: 4 }, () =>
      Array.from({ length: 500 }, () => Math.round(1e6 * random() ** 3) + 1),
    );
    const merged = mergeHistograms(runs.map((run) => decodeHistogram(encoded(run))));
    const sorted = runs.flat().sort((one, other) => one - other);
    assert.equal(merged.total, 2000);
    for (const ratio of [0.01, 0.5, 0.9, 0.99, 0.999]) {
      const place = ratio * (2000 + 1 / 3) + 1 / 3 - 1;
      const [below, above] = [Math.floor(place), Math.ceil(place)].map((rank) => sorted[rank] as number) as [
        number,
        number,
      ];
      const exact = below + (place % 1) * (above - below);
      near(histogramQuantile(merged, ratio), exact, exact * 0.001 + 1);
    }
  });

  it("lie between neighbouring ranks as R's type 8 has them, or are the one value of both", () => {
    const first = (count: number) => decodeHistogram(encoded(Array.from({ length: count }, (_, at) => at + 1)));
    near(histogramQuantile(first(10), 0.25), 2.916667, 1e-6);
    near(histogramQuantile(first(100), 0.99), 99.663333, 1e-6);
    near(histogramQuantile(first(1), 0.5), 1, 1e-9);
    near(histogramQuantile(decodeHistogram(encoded([5, 5, 5, 9])), 0.5), 5, 1e-9);
  });

  it("are not numbers where a rank would lie beyond the requests", () => {
    const first = (count: number) => decodeHistogram(encoded(Array.from({ length: count }, (_, at) => at + 1)));
    for (const [fewest, ratio] of [
      [67, 0.99],
      [7, 0.9],
      [1, 0.5],
    ] as const) {
      assert.ok(!Number.isNaN(histogramQuantile(first(fewest), ratio)), `${ratio}`);
      assert.ok(Number.isNaN(histogramQuantile(first(fewest - 1), ratio)), `${ratio}`);
    }
  });

  it("are marked as thin where fewer than ten requests lie beyond", () => {
    const runs = [1, 2, 3, 4, 5, 6].map((seed) => {
      const random = randomSequence(seed);
      return decodeHistogram(encoded(Array.from({ length: 100 }, () => 1000 + Math.round(1000 * random()))));
    });
    const [p90, p99] = requestQuantiles(runs, [0.9, 0.99]);
    assert.deepEqual([p90?.isThin, p99?.isThin], [false, true]);
  });

  it("are marked as thin where a run has fewer than five beyond, for more runs make their mean no truer", () => {
    const ofEach = (requests: number, count: number, ratio: number) =>
      requestQuantiles(
        Array.from({ length: count }, () =>
          decodeHistogram(encoded(Array.from({ length: requests }, (_, at) => at + 1))),
        ),
        [ratio],
      )[0]?.isThin;
    assert.deepEqual([ofEach(200, 20, 0.99), ofEach(499, 20, 0.99), ofEach(500, 20, 0.99)], [true, true, false]);
    assert.deepEqual([ofEach(40, 20, 0.9), ofEach(200, 20, 0.9)], [true, false]);
  });

  it("are the mean of the runs' own, with Student's interval", () => {
    const levels = [1000, 1010, 1030];
    const runs = levels.map((level) => decodeHistogram(encoded(Array(200).fill(level))));
    const [p99] = requestQuantiles(runs, [0.99]);
    const { value, lower, upper } = meanWithInterval(levels);
    for (const [found, expected] of [
      [p99?.value, value],
      [p99?.lower, lower],
      [p99?.upper, upper],
    ] as const)
      near(found ?? null, expected as number, 2);
  });

  it("are those of all requests, without an interval, where a run has too few for its own", () => {
    const runs = [100, 66].map((count) => decodeHistogram(encoded(Array.from({ length: count }, (_, at) => at + 1))));
    const [p90, p99] = requestQuantiles(runs, [0.9, 0.99]);
    assert.ok(p90?.lower != null);
    near(p99?.value ?? null, 99.003333, 1e-6); // the 165.003rd of 166, of which 1 to 66 are there twice
    assert.deepEqual([p99?.lower, p99?.isThin], [null, true]);
  });

  it("of no requests are not numbers, without an interval", () => {
    const [quantile] = requestQuantiles([decodeHistogram(encoded([]))], [0.5]);
    assert.ok(Number.isNaN(quantile?.value) && quantile?.lower === null && quantile?.isThin === true);
  });
});

it("a bootstrap repeats itself with its seed, and gives no interval below five runs", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const ofMean = ([chosen]: readonly Uint32Array[]) =>
    mean(Array.from(chosen ?? [], (index) => values[index] as number));
  assert.deepEqual(bootstrap([8], ofMean, randomSequence(2)), bootstrap([8], ofMean, randomSequence(2)));
  assert.equal(bootstrap([4], ofMean, randomSequence(2)).lower, null);
});
