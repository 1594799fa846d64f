// The engine's one timer: wakes at the earliest deadline of all connections, or earlier. A deadline that moved back costs one needless look
// when the old one comes, far less than setting a timer for each segment would (connection/timers.ts gives the choice).

export interface Alarm {
  readonly wake: () => void;
  timer: NodeJS.Timeout | null;
  atMillis: number;
}

export function createAlarm(wake: () => void): Alarm {
  return { wake, timer: null, atMillis: Number.POSITIVE_INFINITY };
}

/** Wakes at `atMillis` of performance.now() at the latest, and never less than a millisecond from now, the least that Node's timers can. */
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

/** Node's timers hold 31 bits. */
const LONGEST_MILLIS = 2 ** 31 - 1;
