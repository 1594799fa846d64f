// How the application's thread wakes the engine, and how the engine answers what it was asked: two words of shared memory.
// RUNG is a semaphore of one: the engine clears it, then looks at every connection; the application changes something, then sets it, and
// notifies only if it was clear. If it was set already, the engine has yet to clear it, so its look is still to come.

import type { EventCount } from "./ring.ts";

const RUNG = 0;
const ANSWERS = 1;

export type Bell = Int32Array<SharedArrayBuffer>;

export function createBell(): Bell {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Application: there is something to look at. */
export function ring(bell: Bell): void {
  if (Atomics.exchange(bell, RUNG, 1) === 0) Atomics.notify(bell, RUNG);
}

/** Engine: before it looks. */
export function silence(bell: Bell): void {
  Atomics.store(bell, RUNG, 0);
}

/** Engine: resolves when it is rung; at once when it was since it was silenced. */
export async function heard(bell: Bell): Promise<void> {
  const waiting = Atomics.waitAsync(bell, RUNG, 0);
  if (waiting.async) await waiting.value;
}

/** Counts the engine's messages, so that one can be waited for without an event loop. */
export function answerEvents(bell: Bell): EventCount {
  return { words: bell, index: ANSWERS };
}
