// Whether a loss ratio is the declared one, from as few packets as tell: Wald's sequential probability ratio test
// ("Sequential tests of statistical hypotheses", Ann. Math. Statist. 16, 1945), two of them at once, against a ratio
// that is too high by the factor and one that is too low. A likelihood ratio exceeds 1/a with probability a at most
// however often it is looked at (Ville), so looking after each batch costs nothing, and neither does stopping early.

/** A link that is wrong by this factor is to be found. */
export const LOSS_FACTOR = 1.6;

export interface ErrorRates {
  /** Probability, at most, that a true ratio is called outside. */
  alpha: number;
  /** Probability, at most, that one wrong by the factor is called within. */
  beta: number;
}

/** What `lost` of `sent` packets say of a declared ratio, 0 < ratio < 1; null: more packets are needed. */
export function judgeLoss(
  lost: number,
  sent: number,
  ratio: number,
  { alpha, beta }: ErrorRates,
): "within" | "outside" | null {
  const evidence = alternatives(ratio).map((wrong) => logLikelihoodRatio(lost, sent, wrong, ratio));
  if (evidence.some((each) => each >= Math.log(2 / alpha))) return "outside";
  return evidence.every((each) => each <= Math.log(beta)) ? "within" : null;
}

/** Packets after which the test has mostly ended when the ratio is the declared one. */
export function expectedPackets(ratio: number, { beta }: ErrorRates): number {
  const drift = alternatives(ratio).map((wrong) => divergence(ratio, wrong));
  return Math.ceil((2.2 * -Math.log(beta)) / Math.min(...drift));
}

function alternatives(ratio: number): number[] {
  return [Math.min(ratio * LOSS_FACTOR, (1 + ratio) / 2), ratio / LOSS_FACTOR];
}

function logLikelihoodRatio(lost: number, sent: number, one: number, other: number): number {
  return lost * Math.log(one / other) + (sent - lost) * Math.log((1 - one) / (1 - other));
}

/** Kullback and Leibler's, of one packet. */
function divergence(truth: number, other: number): number {
  return truth * Math.log(truth / other) + (1 - truth) * Math.log((1 - truth) / (1 - other));
}
