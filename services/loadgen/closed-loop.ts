// A closed loop: each of N users makes a request, waits for its end, thinks, makes the next. The load follows the server:
// a slow server is asked less, so latencies tell what these users see, not what an open stream of arrivals would see.
// Nothing is tried again in silence: what fails is a failure.

import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadSettings } from "../../lib/contract/load/load.ts";
import { RttlabError } from "../../lib/errors.ts";
import { randomSequence } from "../../lib/random.ts";
import { Connection, type Endpoint, LoadFailure } from "./connection.ts";
import type { Observe } from "./events.ts";
import { requestBytes } from "./http/request.ts";

/** Between a failure and the user's next request, so that a server that refuses at once is not stormed. */
const FAILURE_PAUSE_MILLIS = 100;

export interface Schedule {
  /** When the window of measurement begins and new requests cease, in milliseconds of performance.now(). */
  windowStartMillis: number;
  /** Infinity where the number of requests bounds the load. */
  windowEndMillis: number;
}

/** When a load that begins now is measured. */
export function scheduleOf({ warmupSeconds, seconds }: LoadSettings, nowMillis: number): Schedule {
  const windowStartMillis = nowMillis + warmupSeconds * 1000;
  return { windowStartMillis, windowEndMillis: windowStartMillis + (seconds ?? Number.POSITIVE_INFINITY) * 1000 };
}

/**
 * Runs the load until its last request has ended. Rejects with E_CANCELLED when `signal` aborts. When `ending` aborts no more
 * requests are begun, and those under way are let end.
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
  const loop: Loop = {
    settings,
    schedule,
    endpoint,
    observe,
    stop,
    exhausted,
    request: requestBytes(settings.httpVersion, settings.target.replace(/:80$/, ""), settings.path),
    begunInWindow: 0,
    open: new Set(),
    isCut: false,
  };
  const breakOff = (reason: string) => {
    for (const connection of loop.open) connection.fail(new LoadFailure("other", reason));
  };
  const cancel = () => breakOff("cancelled");
  const cut = () => {
    loop.isCut = true;
    breakOff("cut off at the end of the window");
  };
  signal.addEventListener("abort", cancel);
  const isBounded = settings.ending === "cut" && Number.isFinite(schedule.windowEndMillis);
  const end = isBounded ? setTimeout(cut, schedule.windowEndMillis - performance.now()) : undefined;
  try {
    await Promise.all(Array.from({ length: settings.users }, (_, index) => runUser(loop, index)));
  } finally {
    clearTimeout(end);
    signal.removeEventListener("abort", cancel);
  }
  if (signal.aborted) throw new RttlabError("E_CANCELLED", "running a load: cancelled before its end");
}

interface Loop {
  settings: LoadSettings;
  schedule: Schedule;
  endpoint: Endpoint;
  observe: Observe;
  /** Aborts when no more requests are to begin. */
  stop: AbortSignal;
  /** Aborts when the last of the wanted requests has begun, so that nobody thinks about one more. */
  exhausted: AbortController;
  request: Buffer;
  begunInWindow: number;
  open: Set<Connection>;
  /** Whether the window is over and what was under way then has been cut off. */
  isCut: boolean;
}

async function runUser(loop: Loop, index: number): Promise<void> {
  const random = randomSequence(loop.settings.seed * 0x10001 + index);
  let connection: Connection | null = null;
  for (let begun = begin(loop); begun !== null; begun = begin(loop)) {
    const attempted = await attempt(loop, connection, begun);
    connection = attempted.connection;
    const thinkMillis = loop.settings.thinkMillis * -Math.log(1 - random());
    await pause(loop, attempted.failed ? Math.max(thinkMillis, FAILURE_PAUSE_MILLIS) : thinkMillis);
  }
  if (connection !== null) retire(loop, connection);
}

/** The time at which a request begins now, or null when no more are to begin. */
function begin(loop: Loop): number | null {
  const nowMillis = performance.now();
  const { windowStartMillis, windowEndMillis } = loop.schedule;
  if (loop.stop.aborted || loop.isCut || nowMillis >= windowEndMillis) return null;
  if (nowMillis < windowStartMillis) return nowMillis;
  loop.begunInWindow += 1;
  if (loop.begunInWindow === loop.settings.requests) loop.exhausted.abort();
  return nowMillis;
}

/** Makes one request, on the connection that is kept or on a new one; returns the connection if it may be kept on. */
async function attempt(
  loop: Loop,
  kept: Connection | null,
  begunAtMillis: number,
): Promise<{ connection: Connection | null; failed: boolean }> {
  loop.observe({ what: "begun", atMillis: begunAtMillis });
  const connection = kept?.usable ? kept : new Connection(loop.endpoint);
  if (kept !== null && connection !== kept) retire(loop, kept);
  loop.open.add(connection);
  const { timeoutMillis } = loop.settings;
  const timer = setTimeout(
    () => connection.fail(new LoadFailure("timeout", `no whole response after ${timeoutMillis} ms`)),
    timeoutMillis,
  );
  try {
    const status = await exchange(loop, connection, begunAtMillis, connection !== kept);
    return { connection: keep(loop, connection), failed: status < 200 || status > 299 };
  } catch (error) {
    if (!(error instanceof LoadFailure)) throw error;
    loop.open.delete(connection);
    const { kind, message } = error;
    const atMillis = performance.now();
    if (loop.isCut) loop.observe({ what: "cut", begunAtMillis, atMillis });
    else loop.observe({ what: "failed", begunAtMillis, atMillis, kind, status: null, message });
    return { connection: null, failed: true };
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(loop: Loop, connection: Connection, begunAtMillis: number, isNew: boolean): Promise<number> {
  if (isNew) {
    const connectMillis = await connection.opened;
    loop.observe({ what: "opened", atMillis: performance.now(), begunAtMillis, connectMillis });
  }
  const onBody = (bytes: number) => loop.observe({ what: "body", atMillis: performance.now(), bytes });
  const { status, firstByteMillis, transferMillis } = await connection.exchange(loop.request, onBody);
  const atMillis = performance.now();
  if (status >= 200 && status <= 299) {
    const times = { firstByteMillis, transferMillis, totalMillis: atMillis - begunAtMillis };
    loop.observe({ what: "completed", begunAtMillis, atMillis, status, ...times });
  } else {
    loop.observe({ what: "failed", begunAtMillis, atMillis, kind: "status", status, message: `status ${status}` });
  }
  return status;
}

function keep(loop: Loop, connection: Connection): Connection | null {
  if (loop.settings.httpVersion === "1.1" && connection.usable) return connection;
  retire(loop, connection);
  return null;
}

function retire(loop: Loop, connection: Connection): void {
  loop.open.delete(connection);
  connection.retire();
}

async function pause(loop: Loop, millis: number): Promise<void> {
  const untilEndMillis = loop.schedule.windowEndMillis - performance.now();
  const pauseMillis = Math.min(millis, untilEndMillis);
  if (pauseMillis > 0) await sleep(pauseMillis, undefined, { signal: loop.stop }).catch(() => undefined);
}
