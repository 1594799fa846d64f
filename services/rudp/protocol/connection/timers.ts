// The one timer mechanism: every timer of a connection is a deadline in a small array, and the
// driver sleeps until the earliest. A periodic scan (TCP's 500 ms and 200 ms ticks) would cost its
// tick in precision and wake idle connections for nothing, and for precision of a millisecond it
// would run all the time. Setting or clearing a deadline is one store, since it happens for every
// segment. A driver that wakes too early, because a deadline moved back, sleeps again; it never
// cancels.

export const TIMER = {
  /** The oldest segment in flight, or the SYN, has not been acknowledged in time (RFC 6298). */
  retransmit: 0,
  /** A delayed acknowledgement goes out, although no second segment came (RFC 9293 3.8.6.3). */
  ack: 1,
  /** The peer's window is shut: ask whether it still is (RFC 9293 3.8.6.1). */
  probe: 2,
  /** The peer has been silent for long: ask whether it lives (RFC 9293 3.8.4). */
  keepAlive: 3,
  /** The peer owes an answer and has not given it: the connection fails. */
  giveUp: 4,
  /**
   * The last acknowledgement need not be repeated any more: the connection is closed (RFC 9293
   * 3.6.1).
   */
  timeWait: 5,
  /** Pacing lets the next segments go. */
  pace: 6,
  /** A segment that others overtook is now overdue and judged lost (RFC 8985). */
  overdue: 7,
} as const;

export type Timer = (typeof TIMER)[keyof typeof TIMER];

const OFF = Number.POSITIVE_INFINITY;

export function createTimers(): Float64Array {
  return new Float64Array(Object.keys(TIMER).length).fill(OFF);
}

export function set(timers: Float64Array, timer: Timer, atMillis: number): void {
  timers[timer] = atMillis;
}

export function clear(timers: Float64Array, timer: Timer): void {
  timers[timer] = OFF;
}

export function clearAll(timers: Float64Array): void {
  timers.fill(OFF);
}

export function isSet(timers: Float64Array, timer: Timer): boolean {
  return timers[timer] !== OFF;
}

/** Whether the deadline has come; if so it is cleared. */
export function expire(timers: Float64Array, timer: Timer, nowMillis: number): boolean {
  if ((timers[timer] as number) > nowMillis) return false;
  timers[timer] = OFF;
  return true;
}

/** When something is due next; Infinity when nothing is. */
export function earliest(timers: Float64Array): number {
  let least = OFF;
  for (let i = 0; i < timers.length; i++) if ((timers[i] as number) < least) least = timers[i] as number;
  return least;
}
