// Whether a loss ratio is the declared one, from as few packets as necessary: two of Wald's
// sequential probability ratio tests at once ("Sequential tests of statistical hypotheses", Ann.
// Math. Statist. 16, 1945), against a ratio too high by the factor and one too low. A likelihood
// ratio exceeds 1/a with a probability of at most a, however often it is inspected (Ville), so
// looking after each batch costs nothing, and neither does stopping early.

/** A link that is wrong by this factor must be detected. */
export const LOSS_FACTOR = 1.6;

export interface ErrorRates {
  /** Largest probability that a correct ratio fails. */
  alpha: number;
  /** Largest probability that a ratio wrong by the factor passes. */
  beta: number;
}

/**
 * The verdict from `lost` of `sent` packets about a declared ratio, 0 < ratio < 1; null: more
 * packets are needed.
 */
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

/** Packets after which the test has usually ended if the ratio is the declared one. */
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
