// Two words of shared memory by which the application's thread wakes the engine and waits for its
// answers. RUNG is a binary semaphore. The engine clears it and then looks at every connection; the
// application changes something, then sets it, and notifies only if it was clear. If it was already
// set, the engine has yet to clear it, and will see the change when it looks.

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

/** Engine: call it before looking. */
export function silence(bell: Bell): void {
  Atomics.store(bell, RUNG, 0);
}

/** Engine: resolves when the bell rings; at once if it rang since it was silenced. */
export async function heard(bell: Bell): Promise<void> {
  const waiting = Atomics.waitAsync(bell, RUNG, 0);
  if (waiting.async) await waiting.value;
}

/** Counts the engine's messages, so that a thread without an event loop can wait for one. */
export function answerEvents(bell: Bell): EventCount {
  return { words: bell, index: ANSWERS };
}
