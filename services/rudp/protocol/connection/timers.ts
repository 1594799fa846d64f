// Timers: each is a deadline in a small array, and the driver sleeps until the earliest. A periodic
// scan (TCP's ticks of 500 ms and 200 ms) would lose up to a tick of precision and wake idle
// connections for nothing; for millisecond precision it would run all the time. Setting or clearing
// a deadline is a single store, because it happens for every segment. A driver that wakes early,
// because a deadline moved later, sleeps again and never cancels.

export const TIMER = {
  /** The oldest segment in flight, or the SYN, was not acknowledged in time (RFC 6298). */
  retransmit: 0,
  /** Send a delayed acknowledgement, although no second segment arrived (RFC 9293 3.8.6.3). */
  ack: 1,
  /** The peer's window is closed: probe it (RFC 9293 3.8.6.1). */
  probe: 2,
  /** The peer has long been silent: probe whether it is alive (RFC 9293 3.8.4). */
  keepAlive: 3,
  /** The peer owes an answer and has not given it: the connection fails. */
  giveUp: 4,
  /**
   * The last acknowledgement will not be repeated any more: the connection is closed (RFC 9293
   * 3.6.1).
   */
  timeWait: 5,
  /** Pacing lets further segments go. */
  pace: 6,
  /** An overtaken segment is overdue and judged lost (RFC 8985). */
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

/** Whether the deadline has passed; if so, it is cleared. */
export function expire(timers: Float64Array, timer: Timer, nowMillis: number): boolean {
  if ((timers[timer] as number) > nowMillis) return false;
  timers[timer] = OFF;
  return true;
}

/** The earliest deadline; Infinity when there is none. */
export function earliest(timers: Float64Array): number {
  let least = OFF;
  for (let i = 0; i < timers.length; i++) if ((timers[i] as number) < least) least = timers[i] as number;
  return least;
}
