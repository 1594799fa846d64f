// Whether one side has something in its runs where the other has nothing in any. No ratio of means
// is known then, and of events in bursts no sum of them counts either; that runs have some at all
// does, for a multiple of nothing is nothing. Fisher's exact test of runs with and without:
// "Statistical Methods for Research Workers", 5th edition, 1934, section 21.02.

/** Of a split at least so uneven, by chance; null of other sides, and of fewer than two runs. */
export function absenceProbability(above: readonly number[], below: readonly number[]): number | null {
  const [some, none] = above.every(isZero) ? [below, above] : [above, below];
  if (some.length < 2 || none.length < 2 || !none.every(isZero) || some.every(isZero)) return null;
  const having = some.filter((value) => !isZero(value)).length;
  let probability = 2;
  for (let drawn = 0; drawn < having; drawn += 1) {
    probability *= (some.length - drawn) / (some.length + none.length - drawn);
  }
  return Math.min(1, probability);
}

function isZero(value: number): boolean {
  return value === 0;
}
