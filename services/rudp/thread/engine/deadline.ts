// The engine's only timer, set to the earliest deadline of all connections. When a deadline moves
// later, the timer fires once in vain; setting a timer for each segment would cost far more
// (connection/timers.ts).

export interface Alarm {
  readonly wake: () => void;
  timer: NodeJS.Timeout | null;
  atMillis: number;
}

export function createAlarm(wake: () => void): Alarm {
  return { wake, timer: null, atMillis: Number.POSITIVE_INFINITY };
}

/**
 * Wakes at `atMillis` of performance.now() or earlier, but at least one millisecond from now:
 * Node's timers are no finer.
 */
export function wakeBy(alarm: Alarm, atMillis: number, nowMillis: number): void {
  if (atMillis >= alarm.atMillis) return;
  if (alarm.timer !== null) clearTimeout(alarm.timer);
  const waitMillis = Math.max(1, Math.ceil(atMillis - nowMillis));
  alarm.atMillis = atMillis;
  alarm.timer = setTimeout(
    () => {
      alarm.timer = null;
      alarm.atMillis = Number.POSITIVE_INFINITY;
      alarm.wake();
    },
    Math.min(waitMillis, LONGEST_MILLIS),
  );
}

/** The longest delay of Node's timers, which take 31 bits. */
const LONGEST_MILLIS = 2 ** 31 - 1;
