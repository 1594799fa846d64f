// The one timer mechanism: every timer of a connection is a deadline in a small array, and the driver sleeps until the earliest.
// Not a periodic scan (TCP's 500 ms and 200 ms ticks): a scan costs its tick in precision and wakes idle connections for nothing, and
// with milliseconds wanted it would run all the time. Setting or clearing a deadline is one store, for it happens on every segment.
// A driver may wake too early (a deadline moved back meanwhile): it asks again and sleeps again, so it never has to cancel.

export const TIMER = {
  retransmit: 0,
  ack: 1,
  probe: 2,
  keepAlive: 3,
  giveUp: 4,
  timeWait: 5,
  pace: 6,
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
