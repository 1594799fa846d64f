// The theory of a long TCP-like transfer, to hold the simulation against. Rates in segments per
// second, times in seconds.
//
// Mathis, Semke, Mahdavi, Ott: The macroscopic behavior of the TCP congestion avoidance algorithm.
// CCR 27(3), 1997. Padhye, Firoiu, Towsley, Kurose: Modeling TCP Reno performance. ToN 8(2), 2000
// (PFTK). Jain, Chiu, Hawe: A quantitative measure of fairness. DEC-TR-301, 1984.

/**
 * Mathis' constant for periodic loss with every segment credited, √(3/2), and for independent loss
 * (Ott, Kemperman, Mathis 1996).
 */
export const MATHIS_PERIODIC = Math.sqrt(3 / 2);
export const MATHIS_INDEPENDENT = 1.31;

/** The rate at a loss ratio: C / (RTT √p). */
export function mathisRate(rttSeconds: number, lossRatio: number, constant: number): number {
  return constant / (rttSeconds * Math.sqrt(lossRatio));
}

export interface PftkInput {
  rttSeconds: number;
  /** p: loss events (not segments) per segment sent. */
  lossEventRatio: number;
  /** T0: the first time-out of a series. */
  timeoutSeconds: number;
  /** b: segments per unit of credit; 1 where byte counting credits each segment. */
  segmentsPerCredit: number;
}

/** The send rate of the full model: equation 32, for a window that the receiver does not limit. */
export function pftkRate({ rttSeconds, lossEventRatio: p, timeoutSeconds, segmentsPerCredit: b }: PftkInput): number {
  const offset = (2 + b) / (3 * b);
  const window = offset + Math.sqrt((8 * (1 - p)) / (3 * b * p) + offset ** 2);
  const timeoutProbability = timeoutShare(p, window);
  const sent = (1 - p) / p + window + timeoutProbability / (1 - p);
  const backoffs = 1 + p + 2 * p ** 2 + 4 * p ** 3 + 8 * p ** 4 + 16 * p ** 5 + 32 * p ** 6;
  const seconds = rttSeconds * ((b / 2) * window + 1) + (timeoutProbability * backoffs * timeoutSeconds) / (1 - p);
  return sent / seconds;
}

/** Q̂(w), equation 22: the probability that a loss in a window of w ends in a time-out. */
function timeoutShare(p: number, window: number): number {
  const kept = 1 - p;
  const share = ((1 - kept ** 3) * (1 + kept ** 3 * (1 - kept ** (window - 3)))) / (1 - kept ** window);
  return Math.min(1, share);
}

/** Jain's index: 1 when all shares are equal, 1/n when one flow has everything. */
export function jainIndex(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share ** 2, 0);
  return sum ** 2 / (shares.length * squares);
}

/**
 * The period of AIMD's sawtooth at a bottleneck whose queue never empties. The window climbs from
 * W/2 to W by one segment per round trip, and a round trip at window w lasts w / rate. Summed: 3/8
 * W² / rate.
 */
export function sawtoothSeconds(peakWindowSegments: number, segmentsPerSecond: number): number {
  return (3 * peakWindowSegments ** 2) / (8 * segmentsPerSecond);
}
