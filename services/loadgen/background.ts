// The background load: users who go on until the load is ended. Requests under way then may finish.

import type { LoadSettings } from "../../lib/contract/load/load.ts";
import type { Running } from "../../lib/contract/serving/background.ts";
import { runClosedLoop } from "./closed-loop.ts";
import type { Endpoint } from "./connection.ts";
import type { Observe } from "./events.ts";

/** How long requests under way may take to finish before they are aborted. */
const ENDING_MILLIS = 3000;

/** The load, and the resolved address of its target. */
export interface ResolvedLoad {
  settings: LoadSettings;
  endpoint: Endpoint;
}

/** Starts it. Ending it waits until no request is under way any more. */
export function beginLoad({ settings, endpoint }: ResolvedLoad, observe: Observe): Running {
  const [ending, cancelling] = [new AbortController(), new AbortController()];
  const always = { windowStartMillis: 0, windowEndMillis: Number.POSITIVE_INFINITY };
  const ended = runClosedLoop(settings, always, endpoint, observe, cancelling.signal, ending.signal).catch(() => {});
  return {
    async end() {
      ending.abort();
      const timer = setTimeout(() => cancelling.abort(), ENDING_MILLIS);
      await ended;
      clearTimeout(timer);
    },
  };
}
