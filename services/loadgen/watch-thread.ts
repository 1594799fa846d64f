// How busy a thread is, and how late, in the window of its load. An event loop that turns because
// the next request is due too soon to sleep is busy for Node, and its processor is for the kernel;
// but a generator that waits is not at its end.

import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { ThreadLoad } from "../../lib/contract/load/load.ts";
import type { Dialler } from "../../lib/sockets/dial.ts";
import type { Window } from "./window.ts";

/**
 * A shorter window says nothing of how busy an event loop is: that of one request is all work.
 */
const LEAST_WINDOW_MILLIS = 100;

/**
 * Reads the thread's CPU time and event loop at both ends of the window. A thread whose share is
 * over earlier, or that has none, is idle for the rest of it.
 */
export function watchThread({ startMillis, endMillis }: Window, dialler: Dialler): { stop(): ThreadLoad } {
  const delays = monitorEventLoopDelay({ resolution: 10 });
  const begin = () => {
    delays.enable();
    delays.reset();
    return snapshot(dialler);
  };
  const spunBefore = dialler.spunMillis();
  let start = begin();
  let end: ReturnType<typeof snapshot> | null = null;
  const finish = () => {
    end ??= snapshot(dialler);
    delays.disable();
    return end;
  };
  const timers = [setTimeout(() => (start = begin()), untilMillis(startMillis))];
  if (Number.isFinite(endMillis)) timers.push(setTimeout(finish, untilMillis(endMillis)));
  return {
    stop() {
      for (const timer of timers) clearTimeout(timer);
      const { cpu, loop, spunMillis } = finish();
      const { active, idle } = performance.eventLoopUtilization(loop, start.loop);
      const workMillis = Math.max(0, active - (spunMillis - start.spunMillis));
      const windowMillis = Number.isFinite(endMillis) ? endMillis - startMillis : LEAST_WINDOW_MILLIS;
      const late = (nanos: number) => (delays.count === 0 ? 0 : Math.max(0, nanos / 1e6 - 10));
      return {
        cpuSeconds: (cpu.user + cpu.system - start.cpu.user - start.cpu.system) / 1e6,
        eventLoopUtilisation: workMillis / Math.max(active + idle, windowMillis),
        spunSeconds: (dialler.spunMillis() - spunBefore) / 1000,
        loopLagP99Millis: late(delays.percentile(99)),
        loopLagMaxMillis: late(delays.max),
      };
    },
  };
}

function untilMillis(atMillis: number): number {
  return Math.max(0, atMillis - performance.now());
}

function snapshot(dialler: Dialler) {
  return {
    cpu: process.threadCpuUsage(),
    loop: performance.eventLoopUtilization(),
    spunMillis: dialler.spunMillis(),
  };
}
