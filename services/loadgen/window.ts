// The times of a load, in milliseconds of performance.now().

import type { LoadSettings } from "../../lib/contract/load/load.ts";

export interface Window {
  /** When the load, and its warm-up, begins. */
  beginMillis: number;
  /**
   * When measuring begins and ends; the end is infinite if the number of requests bounds the load.
   */
  startMillis: number;
  endMillis: number;
  /** When new requests cease: after the cool-down. */
  ceaseMillis: number;
}

/** The window of a load that begins at `beginMillis`. */
export function windowOf({ warmupSeconds, seconds, cooldownSeconds }: LoadSettings, beginMillis: number): Window {
  const startMillis = beginMillis + warmupSeconds * 1000;
  const endMillis = startMillis + (seconds ?? Number.POSITIVE_INFINITY) * 1000;
  return { beginMillis, startMillis, endMillis, ceaseMillis: endMillis + cooldownSeconds * 1000 };
}

/** By which rule a request counts, in words. */
export function ruleOf({ warmupSeconds, cooldownSeconds, seconds, requests }: LoadSettings): string {
  const before = warmupSeconds === 0 ? "" : ` after a warm-up of ${warmupSeconds} s`;
  const until = seconds === null ? `the first ${requests}` : `those of ${seconds} s`;
  const after = cooldownSeconds === 0 ? "" : `; ${cooldownSeconds} s of load follow uncounted`;
  return `requests by their intended start: ${until}${before}, however late they end${after}`;
}
