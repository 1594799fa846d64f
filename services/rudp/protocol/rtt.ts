// Round-trip time and retransmission time-out: RFC 6298 (Jacobson 1988). Every acknowledgement
// gives a sample, and all samples of a round trip together weigh about as much as RFC 6298's single
// one. So the estimate neither forgets within a round trip nor lags when acknowledgements are few.
// RFC 7323 appendix G derives the number of samples from the flight; here they are counted, because
// a receiver may acknowledge sixty segments at once.

export interface RttOptions {
  /** 1000 in RFC 6298 2.4, 200 in Linux. */
  minimumRtoMillis: number;
  /**
   * Least margin of the time-out above SRTT: G in RFC 6298 2.3; 200 as in Linux, so that a filling
   * queue causes no time-out.
   */
  minimumMarginMillis: number;
  /** At least 60000 in RFC 6298 2.5. */
  maximumRtoMillis: number;
  /** 1000 in RFC 6298 2.1. */
  initialRtoMillis: number;
}

export interface Rtt {
  readonly options: RttOptions;
  /** 0 before the first sample. */
  smoothedMillis: number;
  variationMillis: number;
  latestMillis: number;
  minimumMillis: number;
  /** How often the time-out has doubled since the last sample. */
  backoffs: number;
  /**
   * Samples in the last round trip, and so far in the current one, which ends when something from
   * `roundEnd` on is acknowledged.
   */
  lastRoundSamples: number;
  roundSamples: number;
  roundEnd: number;
}

export function createRtt(options: RttOptions): Rtt {
  return {
    options,
    smoothedMillis: 0,
    variationMillis: 0,
    latestMillis: 0,
    minimumMillis: Number.POSITIVE_INFINITY,
    backoffs: 0,
    lastRoundSamples: 1,
    roundSamples: 0,
    roundEnd: 0,
  };
}

/**
 * Takes a sample from an acknowledgement of everything below `ack`, when `next` was the next index
 * to send. Ends the backoff (5.7).
 */
export function addSample(rtt: Rtt, sampleMillis: number, ack: number, next: number): void {
  if (ack > rtt.roundEnd) {
    rtt.lastRoundSamples = Math.max(1, rtt.roundSamples);
    rtt.roundSamples = 0;
    rtt.roundEnd = next;
  }
  rtt.roundSamples++;
  rtt.latestMillis = sampleMillis;
  rtt.minimumMillis = Math.min(rtt.minimumMillis, sampleMillis);
  rtt.backoffs = 0;
  if (rtt.smoothedMillis === 0) {
    rtt.smoothedMillis = sampleMillis;
    rtt.variationMillis = sampleMillis / 2;
    return;
  }
  const samples = Math.max(rtt.lastRoundSamples, rtt.roundSamples);
  const beta = 0.25 / samples;
  const alpha = 0.125 / samples;
  rtt.variationMillis += beta * (Math.abs(rtt.smoothedMillis - sampleMillis) - rtt.variationMillis);
  rtt.smoothedMillis += alpha * (sampleMillis - rtt.smoothedMillis);
}

/** The current time-out, including backoff. */
export function rtoMillis(rtt: Rtt): number {
  const { minimumRtoMillis, minimumMarginMillis, maximumRtoMillis, initialRtoMillis } = rtt.options;
  const base =
    rtt.smoothedMillis === 0
      ? initialRtoMillis
      : rtt.smoothedMillis + Math.max(minimumMarginMillis, 4 * rtt.variationMillis);
  return Math.min(maximumRtoMillis, Math.max(minimumRtoMillis, base) * 2 ** rtt.backoffs);
}

/** Doubles the time-out (5.5). The exponent is bounded only to keep it finite. */
export function backOff(rtt: Rtt): void {
  rtt.backoffs = Math.min(rtt.backoffs + 1, 30);
}
