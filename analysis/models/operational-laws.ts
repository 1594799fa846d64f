// Laws that hold of any run whatever its distribution, so that a run that breaks one was measured
// wrongly: Denning and Buzen, "The operational analysis of queueing network models", Computing
// Surveys 10(3), 1978. Little: users under way = rate × (response + think). Utilisation: a part is
// busy for no less than nothing, and all parts of a machine together no longer than it has
// processors.

export interface LawCheck {
  /** The law's value from the other quantities, beside the measured one. */
  expected: number;
  measured: number;
  /** measured / expected - 1. */
  relativeError: number;
  holds: boolean;
}

/** For what is measured by two clocks. */
const TOLERANCE = 0.05;

/**
 * `responseSeconds` is the mean from the wish to make a request to its last byte. A run's window
 * cuts through requests at both ends, so the law holds but for about one of the `requests` of each
 * of the `cutUsers`. A user takes `betweenSeconds` from an answer to the next wish.
 */
export function checkLittle({
  users,
  cutUsers = users,
  requests,
  perSecond,
  responseSeconds,
  thinkSeconds,
  betweenSeconds = 0,
}: {
  users: number;
  cutUsers?: number;
  requests: number;
  perSecond: number;
  responseSeconds: number;
  thinkSeconds: number;
  betweenSeconds?: number;
}): LawCheck {
  const cycleSeconds = responseSeconds + thinkSeconds;
  const tolerance = TOLERANCE + cutUsers / requests + betweenSeconds / cycleSeconds;
  const expected = perSecond * cycleSeconds;
  const relativeError = users / expected - 1;
  return { expected, measured: users, relativeError, holds: Math.abs(relativeError) <= tolerance };
}

/** Whether the busy times of a machine's parts in a window of `seconds` fit its processors. */
export function utilisationHolds({
  busySeconds,
  seconds,
  processors,
}: {
  busySeconds: readonly number[];
  seconds: number;
  processors: number;
}): boolean {
  const busy = busySeconds.reduce((sum, one) => sum + one, 0);
  return busySeconds.every((one) => one >= 0) && busy <= processors * seconds * (1 + TOLERANCE);
}
