// Where one mean overtakes another as a factor grows: the level at which their ratio passes 1,
// interpolated between neighbouring levels on logarithmic scales. Its interval is that of the
// crossings of ratios drawn from what the runs say of each (a generalised pivotal quantity;
// Weerahandi, "Generalized confidence intervals", JASA 88, 1993), for resampling needs more runs
// than two or three. Levels at which chance alone could reverse the order make it wide. If more
// draws lack a crossing than the interval's tail holds, there is no interval.

import type { Random } from "./bootstrap.ts";
import { CONFIDENCE, type Estimate, withoutInterval } from "./estimate.ts";
import { type Ratio, ratioOfMeans } from "./ratio.ts";
import { quantileOfT } from "./student.ts";
import { quantileOfSorted } from "./summary.ts";

/** Values of runs of both sides at one level, all positive. */
export interface LevelRuns {
  x: number;
  above: readonly number[];
  below: readonly number[];
}

/** Enough that the seed moves a bound by a small part of the interval's width. */
const DRAWS = 1000;
/** As many values of Student's distribution, equally likely, stand for it. */
const STRATA = 200;

/** The lowest crossing; NaN where there is none. */
export function crossover(levels: readonly LevelRuns[], random: Random): Estimate {
  const sorted = levels.toSorted((one, other) => one.x - other.x);
  const logX = sorted.map(({ x }) => Math.log(x));
  const ratios = sorted.map(({ above, below }) => ratioOfMeans(above, below));
  const value = firstCrossing(
    logX,
    ratios.map(({ logarithm }) => logarithm),
  );
  if (!Number.isFinite(value) || ratios.some(({ standardError }) => standardError === null))
    return withoutInterval(value);
  const possible = ratios.map(logarithmsOf);
  const drawn = Array.from({ length: DRAWS }, () =>
    firstCrossing(
      logX,
      possible.map((values) => values[Math.floor(random() * values.length)] as number),
    ),
  );
  const crossings = drawn.filter(Number.isFinite).sort((one, other) => one - other);
  const tail = (1 - CONFIDENCE) / 2;
  if (crossings.length < (1 - tail) * DRAWS) return withoutInterval(value);
  return { value, lower: quantileOfSorted(crossings, tail), upper: quantileOfSorted(crossings, 1 - tail) };
}

/** The logarithms that the runs allow for a ratio. */
function logarithmsOf({ logarithm, standardError, degrees }: Ratio): readonly number[] {
  if (standardError === null || standardError === 0) return [logarithm];
  return Array.from(
    { length: STRATA },
    (_, at) => logarithm + standardError * quantileOfT((at + 0.5) / STRATA, degrees),
  );
}

function firstCrossing(logX: readonly number[], logRatios: readonly number[]): number {
  for (let at = 1; at < logX.length; at += 1) {
    const [from, to] = [logRatios[at - 1] as number, logRatios[at] as number];
    if (from < 0 === to < 0) continue;
    const share = from / (from - to);
    return Math.exp((logX[at - 1] as number) + share * ((logX[at] as number) - (logX[at - 1] as number)));
  }
  return Number.NaN;
}
