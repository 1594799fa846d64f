// A state that a service keeps only as long as its client keeps the input open
// (docs/container-contract.md): a request's signal aborts when that ends.

import { once } from "node:events";

/** Resolves when the client's input has ended, also if it had before. */
export async function endOfInput(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
