// Interrupts of `rudp`: the first one aborts what is under way, and the clean-up is bounded.

import { EXIT, RttlabError } from "../../../lib/errors.ts";
import type { RudpSocket } from "../thread/socket.ts";

/** How long the clean-up may take after an interrupt. */
const FAREWELL_MILLIS = 2000;

/**
 * Aborts the connection on Ctrl-C and similar signals, so that the peer learns of it. `work` is not
 * awaited: a slow disk may hold it up.
 */
export async function unlessInterrupted<T>(socket: RudpSocket, signal: AbortSignal, work: Promise<T>): Promise<T> {
  const abort = () => socket.abort();
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, cancelled(signal)]);
  } catch (error) {
    throw signal.aborted ? new RttlabError("E_CANCELLED", `the transfer with ${socket.peer}: interrupted`) : error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Aborts at the first Ctrl-C or similar signal. Later signals change nothing: the clean-up is under
 * way.
 */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) return;
    controller.abort();
    // The clean-up is bounded: an unread pipe or a silent peer must not hold it up for ever.
    setTimeout(() => process.exit(process.exitCode ?? EXIT.failed), FAREWELL_MILLIS).unref();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  return controller.signal;
}

export function cancelled(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = () => reject(new RttlabError("E_CANCELLED", "waiting: interrupted"));
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  return promise;
}
