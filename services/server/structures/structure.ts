// A structure is how the server turns connections into work: which threads or processes wait for what. All of them drive the same
// http/connection.ts and files/site.ts. docs/server.md says how to add one: a file here, a line in table.ts.

import type { Counters } from "../counters.ts";
import type { SiteOptions } from "../files/site.ts";
import type { ParserLimits } from "../http/limits.ts";

/** What a structure is told. Plain data, so that it can be handed to threads and processes. */
export interface StructureConfig {
  address: string;
  /** 0 lets the kernel choose. */
  port: number;
  /** Threads or processes, where the structure has several. */
  workers: number;
  site: SiteOptions;
  limits: ParserLimits;
}

export interface RunningStructure {
  port: number;
  /** Accepts no more, closes idle connections, lets answers under way finish for `graceMillis`, then drops the rest. */
  close(graceMillis: number): Promise<void>;
}

export interface Structure {
  /** One line for `--help`. */
  title: string;
  /** Resolves when it listens; rejects when it cannot. Each thread gets its counters from `newLane`. */
  start(config: StructureConfig, newLane: () => Counters): Promise<RunningStructure>;
}
