// Where one mean overtakes another as a factor grows: the level at which their ratio passes 1,
// interpolated between neighbouring levels on logarithmic scales, with an interval from resampled
// runs. Levels at which chance alone could reverse the order make it wide. If more resamples lack a
// crossing than the interval's tail holds, there is no interval.

import { bootstrap, type Random } from "./bootstrap.ts";
import { CONFIDENCE, type Estimate, withoutInterval } from "./estimate.ts";

/** Values of runs of both sides at one level, all positive. */
export interface Level {
  x: number;
  above: readonly number[];
  below: readonly number[];
}

/** The lowest crossing; NaN where there is none. */
export function crossover(levels: readonly Level[], random: Random): Estimate {
  const sorted = levels.toSorted((one, other) => one.x - other.x);
  if (sorted.length < 2) return withoutInterval(Number.NaN);
  const sides = sorted.flatMap(({ above, below }) => [above, below]);
  const logX = sorted.map(({ x }) => Math.log(x));
  const crossingOf = (chosen: readonly Uint32Array[]) => {
    const sums = chosen.map((indices, side) => meanOfChosen(sides[side] as readonly number[], indices));
    return firstCrossing(
      logX,
      logX.map((_, at) => Math.log((sums[2 * at] as number) / (sums[2 * at + 1] as number))),
    );
  };
  const leastKept = 1 - (1 - CONFIDENCE) / 2;
  return bootstrap(
    sides.map(({ length }) => length),
    crossingOf,
    random,
    { leastKept },
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

function meanOfChosen(values: readonly number[], chosen: Uint32Array): number {
  let sum = 0;
  for (let at = 0; at < chosen.length; at += 1) sum += values[chosen[at] as number] as number;
  return sum / chosen.length;
}
