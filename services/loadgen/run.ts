// Performs one `run` request: resolves the target, runs the load in one thread or several, reports
// each second, returns the result.

import { lookup } from "node:dns/promises";
import { performance } from "node:perf_hooks";
import type { LoadProgress, LoadResult, LoadSettings } from "../../lib/contract/load/load.ts";
import { RttlabError } from "../../lib/errors.ts";
import type { Destination } from "../../lib/sockets/dial.ts";
import type { Counters } from "./counters.ts";
import { type Part, startPart } from "./part.ts";
import { probeRtt } from "./probe.ts";
import { runThreads } from "./threads.ts";

/**
 * Runs a load to its end; `onSecond` receives the progress about once a second, and `counters`
 * count what happens. Throws E_CANCELLED.
 */
export async function runLoad(
  settings: LoadSettings,
  localAddress: string | null,
  counters: Counters,
  onSecond: (second: LoadProgress) => void,
  signal: AbortSignal,
): Promise<LoadResult> {
  const destination = await resolveTarget(settings.target, localAddress);
  const rtt =
    settings.rttMillis === null
      ? await probeRtt(destination, settings.timeoutMillis, signal)
      : ({ rttMillis: settings.rttMillis, source: "given" } as const);
  const whole = { settings, destination, rtt, counters };
  if (settings.threads > 1) return runThreads(whole, onSecond, signal);
  return runPart({ ...whole, begin: () => beginOf(settings) }, onSecond, signal);
}

/** Runs a part of a load, or all of it, in this thread. Throws E_CANCELLED. */
export async function runPart(
  part: Part,
  onSecond: (second: LoadProgress) => void,
  signal: AbortSignal,
): Promise<LoadResult> {
  const running = await startPart(part);
  const ticker = setInterval(() => {
    const nowMillis = performance.now();
    const elapsedSeconds = Math.max(0, (nowMillis - running.beginMillis) / 1000);
    onSecond({ ...running.recorder.latestSecond(nowMillis), elapsedSeconds });
  }, 1000);
  const cancel = () => running.cancel();
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  try {
    return await running.result;
  } finally {
    clearInterval(ticker);
    signal.removeEventListener("abort", cancel);
  }
}

/**
 * When a load begins, in milliseconds of performance.now(): when all its shares do, if it is one. A
 * share that is late for that shows it in its lag, and validity.ts has how late it may be.
 */
export function beginOf({ startEpochMillis }: Pick<LoadSettings, "startEpochMillis">): number | null {
  return startEpochMillis === null ? null : performance.now() + startEpochMillis - Date.now();
}

/** The address of the target. Throws E_BAD_TARGET if its name does not resolve. */
export async function resolveTarget(target: string, localAddress: string | null): Promise<Destination> {
  const [host = "", port] = target.split(":");
  try {
    const { address } = await lookup(host, { family: 4 });
    return { address, port: Number(port), localAddress };
  } catch (cause) {
    throw new RttlabError("E_BAD_TARGET", `running a load: ${host} is not a name that resolves here`, { cause });
  }
}
