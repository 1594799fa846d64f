// Side-by-side measurement: the contenders take turns, so that disturbances of the machine fall on
// all of them. Medians with their spread and ratios of medians; an absolute time of one machine is
// no fact about another.

export interface Contender {
  name: string;
  /**
   * Performs the work once and returns the measurement, in the bench's unit. `round` counts from 0.
   */
  measure(round: number): Promise<number>;
}

export interface Outcome {
  name: string;
  values: number[];
  median: number;
  min: number;
  max: number;
}

/**
 * The contenders take turns for `rounds` rounds (at least 5), each round beginning with another
 * one.
 */
export async function alternate(contenders: readonly Contender[], rounds: number): Promise<Outcome[]> {
  const values = contenders.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (round + turn) % contenders.length;
      const value = await (contenders[index] as Contender).measure(round);
      values[index]?.push(value);
      process.stderr.write(`round ${round + 1}/${rounds}: ${contenders[index]?.name} ${value.toPrecision(4)}\n`);
    }
  }
  return contenders.map(({ name }, index) => outcome(name, values[index] as number[]));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const below = sorted[Math.ceil(middle) - 1] as number;
  return Number.isInteger(middle) ? (below + (sorted[middle] as number)) / 2 : below;
}

function outcome(name: string, values: number[]): Outcome {
  return { name, values, median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
