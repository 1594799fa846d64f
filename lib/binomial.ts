// The loss ratio behind a count of losses: the exact binomial interval of Clopper and Pearson, "The
// use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26
// (1934). It is never narrower than its confidence, so a correct link seldom fails by chance.

/**
 * Lower and upper bound of the ratio behind `count` of `trials` (whole numbers, 0 <= count <=
 * trials, trials >= 1).
 */
export function clopperPearson(count: number, trials: number, confidence: number): [lower: number, upper: number] {
  const tail = (1 - confidence) / 2;
  const lower = count === 0 ? 0 : bisect((ratio) => 1 - cumulative(count - 1, trials, ratio) < tail);
  const upper = count === trials ? 1 : bisect((ratio) => cumulative(count, trials, ratio) > tail);
  return [lower, upper];
}

/** Probability of at most `count` of `trials` at `ratio`, 0 < ratio < 1. */
export function cumulative(count: number, trials: number, ratio: number): number {
  const [logRatio, logRest] = [Math.log(ratio), Math.log1p(-ratio)];
  let logChoose = 0;
  let sum = Math.exp(trials * logRest);
  for (let i = 1; i <= count; i += 1) {
    logChoose += Math.log((trials - i + 1) / i);
    sum += Math.exp(logChoose + i * logRatio + (trials - i) * logRest);
  }
  return Math.min(1, sum);
}

/**
 * The value from 0 to `most` at which `isBelow` turns from true to false. 50 halvings leave less
 * than 1e-15 of `most`.
 */
export function bisect(isBelow: (value: number) => boolean, most = 1): number {
  let [low, high] = [0, most];
  for (let i = 0; i < 50; i += 1) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
