// Round-trip time and retransmission time-out: RFC 6298 (Jacobson 1988), with many samples a window weighed as RFC 7323 appendix G
// says, so that a timestamp on every acknowledgement does not make the estimate forget within one round trip.

export interface RttOptions {
  /** 1000 by RFC 6298 2.4, 200 as Linux does. */
  minimumRtoMillis: number;
  /** What the time-out is above SRTT at least: G by RFC 6298 2.3, 200 as Linux does, so that a queue that fills is no time-out. */
  minimumMarginMillis: number;
  /** At least 60000 by RFC 6298 2.5. */
  maximumRtoMillis: number;
  /** 1000 by RFC 6298 2.1. */
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
}

export function createRtt(options: RttOptions): Rtt {
  return {
    ...{ options, smoothedMillis: 0, variationMillis: 0, latestMillis: 0 },
    ...{ minimumMillis: Number.POSITIVE_INFINITY, backoffs: 0 },
  };
}

/** Takes a sample; `samplesPerRoundTrip` (at least 1) says among how many in this round trip it is. Ends the backoff (5.7). */
export function addSample(rtt: Rtt, sampleMillis: number, samplesPerRoundTrip: number): void {
  rtt.latestMillis = sampleMillis;
  rtt.minimumMillis = Math.min(rtt.minimumMillis, sampleMillis);
  rtt.backoffs = 0;
  if (rtt.smoothedMillis === 0) {
    rtt.smoothedMillis = sampleMillis;
    rtt.variationMillis = sampleMillis / 2;
    return;
  }
  const beta = 0.25 / samplesPerRoundTrip;
  const alpha = 0.125 / samplesPerRoundTrip;
  rtt.variationMillis += beta * (Math.abs(rtt.smoothedMillis - sampleMillis) - rtt.variationMillis);
  rtt.smoothedMillis += alpha * (sampleMillis - rtt.smoothedMillis);
}

/** The time-out now, backoff included. */
export function rtoMillis(rtt: Rtt): number {
  const { minimumRtoMillis, minimumMarginMillis, maximumRtoMillis, initialRtoMillis } = rtt.options;
  const base =
    rtt.smoothedMillis === 0
      ? initialRtoMillis
      : rtt.smoothedMillis + Math.max(minimumMarginMillis, 4 * rtt.variationMillis);
  return Math.min(maximumRtoMillis, Math.max(minimumRtoMillis, base) * 2 ** rtt.backoffs);
}

/** Doubles the time-out (5.5). The exponent is bounded only so that it stays a number. */
export function backOff(rtt: Rtt): void {
  rtt.backoffs = Math.min(rtt.backoffs + 1, 30);
}
