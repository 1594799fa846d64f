// What a study needs of a testbed: links and hosts that change between runs, a look at all of it, and a measurement.
// The testbed that is up is behind it (connect-bed.ts); the runner knows no Docker.

import type { LinkSettings } from "../lib/link/link.ts";
import type { Snapshot } from "./judge.ts";

export interface Bed {
  /** Gives a link these settings; its agent reads the qdiscs back. */
  changeLink(link: string, settings: LinkSettings): Promise<void>;
  /** Sets TCP's ways in a host (hosts/words.ts). */
  tuneHost(host: string, words: readonly string[]): Promise<void>;
  /** Counters, processor times and the path's round trip from one host to another, at one moment. */
  look(from: string, to: string): Promise<Snapshot>;
  /** One request of a host's service, to its end. */
  measure(host: string, request: Record<string, unknown>, signal: AbortSignal): Promise<Record<string, unknown>>;
}
