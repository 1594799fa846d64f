// Before a run the machine has to be idle, for what others do on it delays links and hosts. The
// runner does nothing for a moment and sees how much of the processors is busy all the same.
// Sources of such work end by themselves (a report that is drawn, a service that starts), so it
// waits a while.

import { setTimeout as delay } from "node:timers/promises";
import type { UseSight } from "./snapshot.ts";

/** A link, a generator and a server have about one busy thread each, and share the processors. */
const IDLE_SHARE = 0.7;
/** The kernel counts a processor's time in hundredths of a second: ten of them on each. */
const SAMPLE_MILLIS = 100;
const WAITS_MILLIS = 3000;

export const IDLE_RULE = `A run begins when at least ${IDLE_SHARE * 100} % of the machine's processor time is idle. After ${WAITS_MILLIS / 1000} s of waiting it begins all the same, and does not count.`;

export type MachineSight = Pick<UseSight, "atMillis" | "machine">;

export interface Idleness {
  /** Of all processors, in the last sample. */
  idleShare: number;
  /** Before that sample; 0 if the first one sufficed. */
  waitedSeconds: number;
}

/** Resolves when the machine is idle, or when the longest wait is over. */
export async function awaitIdle(
  look: () => Promise<MachineSight>,
  pause: (millis: number) => Promise<unknown> = delay,
): Promise<Idleness> {
  const first = await look();
  for (let from = first; ; ) {
    await pause(SAMPLE_MILLIS);
    const to = await look();
    const idleShare = idleShareOf(from, to);
    if (idleShare >= IDLE_SHARE || to.atMillis - first.atMillis >= WAITS_MILLIS)
      return { idleShare, waitedSeconds: (from.atMillis - first.atMillis) / 1000 };
    from = to;
  }
}

/** Why the run that follows does not count; null if it may. */
export function idleFault({ idleShare }: Idleness): string | null {
  if (idleShare >= IDLE_SHARE) return null;
  const idle = Math.round(idleShare * 100);
  return `only ${idle} % of the machine was idle before the run, and ${IDLE_SHARE * 100} % are needed`;
}

/** At least zero: the counter's last hundredths may be of the time before. */
function idleShareOf(from: MachineSight, to: MachineSight): number {
  const seconds = (to.atMillis - from.atMillis) / 1000;
  const busy = (to.machine.busySeconds - from.machine.busySeconds) / seconds / to.machine.cores;
  return Math.max(0, 1 - busy);
}
