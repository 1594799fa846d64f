// How busy the machine was during the measurement, from /proc/stat (proc(5)), which containers
// share. A machine without time for the link delays its packets and loses some; then the
// measurement is no better than the machine.

/** Ticks of all processors since boot. */
export interface Ticks {
  busy: number;
  all: number;
}

export const TICKS_COMMAND = ["head", "-n", "1", "/proc/stat"];

/**
 * Reads the first line: user nice system idle iowait irq softirq steal, then guest times, which
 * user includes already.
 */
export function parseTicks(text: string): Ticks {
  const times = text.trim().split(/\s+/).slice(1, 9).map(Number);
  const all = times.reduce((sum, time) => sum + time, 0);
  return { all, busy: all - (times[3] ?? 0) - (times[4] ?? 0) };
}

/** Share of the time between two readings in which processors were busy, 0 to 1. */
export function busyRatio(before: Ticks, after: Ticks): number {
  return after.all === before.all ? 0 : (after.busy - before.busy) / (after.all - before.all);
}
