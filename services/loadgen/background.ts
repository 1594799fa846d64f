// The background load: users who go on until the load is ended. Requests under way then may finish.

import type { LoadSettings } from "../../lib/contract/load/load.ts";
import type { Running } from "../../lib/contract/serving/background.ts";
import type { Destination } from "../../lib/sockets/dial.ts";
import type { Counters } from "./counters.ts";
import { startPart } from "./part.ts";

/** How long requests under way may take to finish before they are aborted. */
const ENDING_MILLIS = 3000;

/** The load, and the resolved address of its target. */
export interface ResolvedLoad {
  settings: LoadSettings;
  destination: Destination;
}

/** Starts it. Ending it waits until no request is under way any more. */
export function beginLoad({ settings, destination }: ResolvedLoad, counters: Counters): Running {
  const starting = startPart({ settings, destination, begin: () => null, rtt: null, counters });
  return {
    async end() {
      const part = await starting;
      part.cease();
      const timer = setTimeout(() => part.cancel(), ENDING_MILLIS);
      await part.result.catch(() => {});
      clearTimeout(timer);
    },
  };
}
