// Performs one `run` request: resolves the target, runs the load, reports each second, returns the
// result.

import { lookup } from "node:dns/promises";
import { performance } from "node:perf_hooks";
import type { GeneratorLoad, LoadProgress, LoadResult, LoadSettings } from "../../lib/contract/load/load.ts";
import { RttlabError } from "../../lib/errors.ts";
import { runClosedLoop, scheduleOf } from "./closed-loop.ts";
import type { Endpoint } from "./connection.ts";
import type { Observe } from "./events.ts";
import { probeRtt } from "./probe.ts";
import { emptyProgress, progress } from "./progress.ts";
import { emptyRecord, record, resultOf } from "./recorder.ts";

/** A generator that was busy for more than this share of the window measures itself. */
const SATURATED_UTILISATION = 0.9;

/**
 * Runs a load to its end; `onSecond` receives the progress about once a second. Throws E_CANCELLED.
 */
export async function runLoad(
  settings: LoadSettings,
  localAddress: string | null,
  observe: Observe,
  onSecond: (second: LoadProgress) => void,
  signal: AbortSignal,
): Promise<LoadResult> {
  const endpoint = await resolveTarget(settings.target, localAddress);
  const rtt =
    settings.rttMillis === null
      ? await probeRtt(endpoint, settings.timeoutMillis, signal)
      : ({ rttMillis: settings.rttMillis, source: "given" } as const);
  const schedule = scheduleOf(settings, performance.now());
  const recorded = emptyRecord(settings, schedule, rtt);
  const startedAt = new Date(performance.timeOrigin + schedule.windowStartMillis).toISOString();
  let second = emptyProgress(0);
  const beganMillis = performance.now();
  const ticker = setInterval(() => {
    onSecond({ ...second, elapsedSeconds: (performance.now() - beganMillis) / 1000 });
    second = emptyProgress(second.inFlight);
  }, 1000);
  const usage = watchGenerator(schedule.windowStartMillis, schedule.windowEndMillis);
  try {
    await runClosedLoop(
      settings,
      schedule,
      endpoint,
      (event) => {
        observe(event);
        record(recorded, event);
        progress(second, event);
      },
      signal,
    );
    return resultOf(recorded, startedAt, usage.stop());
  } finally {
    clearInterval(ticker);
    usage.stop();
  }
}

/** The address of the target. Throws E_BAD_TARGET if its name does not resolve. */
export async function resolveTarget(target: string, localAddress: string | null): Promise<Endpoint> {
  const [host = "", port] = target.split(":");
  try {
    const { address } = await lookup(host, { family: 4 });
    return { address, port: Number(port), localAddress };
  } catch (cause) {
    throw new RttlabError("E_BAD_TARGET", `running a load: ${host} is not a name that resolves here`, { cause });
  }
}

/** Reads the process's CPU time and event loop at both ends of the window. */
function watchGenerator(startMillis: number, endMillis: number): { stop(): GeneratorLoad } {
  let start = snapshot();
  let end: ReturnType<typeof snapshot> | null = null;
  const timers = [setTimeout(() => (start = snapshot()), Math.max(0, startMillis - performance.now()))];
  if (Number.isFinite(endMillis)) timers.push(setTimeout(() => (end = snapshot()), endMillis - performance.now()));
  return {
    stop() {
      for (const timer of timers) clearTimeout(timer);
      end ??= snapshot();
      const { utilization } = performance.eventLoopUtilization(end.loop, start.loop);
      const cpuMicros = end.cpu.user + end.cpu.system - start.cpu.user - start.cpu.system;
      return {
        cpuSeconds: cpuMicros / 1e6,
        eventLoopUtilisation: utilization,
        saturated: utilization > SATURATED_UTILISATION,
      };
    },
  };
}

function snapshot() {
  return { cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() };
}
