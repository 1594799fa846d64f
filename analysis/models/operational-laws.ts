// Laws that hold of any run whatever its distribution, so that a run that breaks one was measured
// wrongly: Denning and Buzen, "The operational analysis of queueing network models", Computing
// Surveys 10(3), 1978. Little: users under way = rate × (response + think). Utilisation: busy share
// = rate × processor time of a request.

export interface LawCheck {
  law: "Little" | "utilisation";
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
  return judge("Little", perSecond * cycleSeconds, users, tolerance);
}

/** `busyProcessors` is CPU time by wall time: 1.3 of two. */
export function checkUtilisation(run: {
  busyProcessors: number;
  perSecond: number;
  cpuSecondsPerRequest: number;
}): LawCheck {
  return judge("utilisation", run.perSecond * run.cpuSecondsPerRequest, run.busyProcessors, TOLERANCE);
}

function judge(law: LawCheck["law"], expected: number, measured: number, tolerance: number): LawCheck {
  const relativeError = measured / expected - 1;
  return { law, expected, measured, relativeError, holds: Math.abs(relativeError) <= tolerance };
}
