// A closed loop: each of N users makes a request or loads a page, waits for its end, thinks, and
// makes the next. The load follows the server: a slow server gets fewer requests, so latencies are
// those of these users and not of an open stream of arrivals.

import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadSettings } from "../../lib/contract/load/load.ts";
import { RttlabError } from "../../lib/errors.ts";
import { randomSequence } from "../../lib/random.ts";
import { attempt, type Exchanges, requestFor, retire } from "./attempt.ts";
import { type Connection, type Endpoint, LoadFailure } from "./connection.ts";
import type { Observe } from "./events.ts";
import { loadPage } from "./page.ts";

/**
 * Pause between a failure and the user's next request, so that a server that refuses at once is not
 * stormed.
 */
const FAILURE_PAUSE_MILLIS = 100;

export interface Schedule {
  /** When measuring begins and when new requests cease, in milliseconds of performance.now(). */
  windowStartMillis: number;
  /** Infinity if the number of requests bounds the load. */
  windowEndMillis: number;
}

/** The window of a load that begins now. */
export function scheduleOf({ warmupSeconds, seconds }: LoadSettings, nowMillis: number): Schedule {
  const windowStartMillis = nowMillis + warmupSeconds * 1000;
  return { windowStartMillis, windowEndMillis: windowStartMillis + (seconds ?? Number.POSITIVE_INFINITY) * 1000 };
}

/**
 * Runs the load until its last request has ended. Throws E_CANCELLED when `signal` aborts. After
 * `ending` aborts no more requests begin, and those under way may finish.
 */
export async function runClosedLoop(
  settings: LoadSettings,
  schedule: Schedule,
  endpoint: Endpoint,
  observe: Observe,
  signal: AbortSignal,
  ending?: AbortSignal,
): Promise<void> {
  const exhausted = new AbortController();
  const stop = AbortSignal.any([signal, exhausted.signal, ...(ending === undefined ? [] : [ending])]);
  setMaxListeners(0, signal, stop);
  const exchanges: Exchanges = { settings, endpoint, observe, open: new Set(), isCut: false };
  const loop: Loop = { exchanges, schedule, stop, exhausted, begunInWindow: 0 };
  const breakOff = (reason: string) => {
    for (const connection of exchanges.open) connection.fail(new LoadFailure("other", reason));
  };
  const cancel = () => breakOff("cancelled");
  const cut = () => {
    exchanges.isCut = true;
    breakOff("cut off at the end of the window");
  };
  signal.addEventListener("abort", cancel);
  const isBounded = settings.ending === "cut" && Number.isFinite(schedule.windowEndMillis);
  const end = isBounded ? setTimeout(cut, schedule.windowEndMillis - performance.now()) : undefined;
  const runUser = settings.page === null ? requestInTurn : loadInTurn;
  try {
    await Promise.all(Array.from({ length: settings.users }, (_, index) => runUser(loop, thinkTimes(settings, index))));
  } finally {
    clearTimeout(end);
    signal.removeEventListener("abort", cancel);
  }
  if (signal.aborted) throw new RttlabError("E_CANCELLED", "running a load: cancelled before its end");
}

interface Loop {
  exchanges: Exchanges;
  schedule: Schedule;
  /** Aborts when no more requests may begin. */
  stop: AbortSignal;
  /** Aborts when the last of the requests has begun, so that nobody thinks about one more. */
  exhausted: AbortController;
  begunInWindow: number;
}

/** A user of single requests: one connection, as long as it may be kept. */
async function requestInTurn(loop: Loop, thinkMillis: () => number): Promise<void> {
  const { exchanges } = loop;
  const request = requestFor(exchanges.settings, exchanges.settings.path);
  let connection: Connection | null = null;
  for (let begun = begin(loop); begun !== null; begun = begin(loop)) {
    const attempted = await attempt(exchanges, connection, request, begun);
    connection = attempted.connection;
    await pause(loop, thinkMillis(), attempted.failed);
  }
  if (connection !== null) retire(exchanges, connection);
}

/** A user of pages: each has connections of its own. */
async function loadInTurn(loop: Loop, thinkMillis: () => number): Promise<void> {
  for (let begun = begin(loop); begun !== null; begun = begin(loop)) {
    const failed = await loadPage(loop.exchanges, begun);
    await pause(loop, thinkMillis(), failed);
  }
}

function thinkTimes({ seed, thinkMillis }: LoadSettings, index: number): () => number {
  const random = randomSequence(seed * 0x10001 + index);
  return () => thinkMillis * -Math.log(1 - random());
}

/** The time at which a request or page begins now, or null when no more may begin. */
function begin(loop: Loop): number | null {
  const nowMillis = performance.now();
  const { windowStartMillis, windowEndMillis } = loop.schedule;
  if (loop.stop.aborted || loop.exchanges.isCut || nowMillis >= windowEndMillis) return null;
  if (nowMillis < windowStartMillis) return nowMillis;
  loop.begunInWindow += 1;
  if (loop.begunInWindow === loop.exchanges.settings.requests) loop.exhausted.abort();
  return nowMillis;
}

async function pause(loop: Loop, thinkMillis: number, hasFailed: boolean): Promise<void> {
  const millis = hasFailed ? Math.max(thinkMillis, FAILURE_PAUSE_MILLIS) : thinkMillis;
  const untilEndMillis = loop.schedule.windowEndMillis - performance.now();
  const pauseMillis = Math.min(millis, untilEndMillis);
  if (pauseMillis > 0) await sleep(pauseMillis, undefined, { signal: loop.stop }).catch(() => undefined);
}
