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
