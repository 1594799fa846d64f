// A structure is how the server turns connections into work: which threads or processes wait for
// what. All of them drive the same sessions (session/session.ts). docs/server.md says how to add
// one: a file here, a line in table.ts.

import type { SocketKind } from "../../../lib/sockets/kinds.ts";
import type { Counters } from "../accounting/counters.ts";
import type { SessionConfig } from "../session/table.ts";
import type { IdleTimeoutOptions } from "./idle-timeout.ts";

/** Plain data, so that it can be handed to threads and processes. */
export interface StructureConfig extends SessionConfig {
  address: string;
  /** 0 lets the kernel choose. */
  port: number;
  /** The kind of sockets that an event loop uses. */
  sockets: SocketKind;
  /** Threads or processes, where the structure has several; 0: one per core. */
  workers: number;
  timeouts: Timeouts;
}

export interface Timeouts {
  idle: IdleTimeoutOptions;
  /** From a head's first octet to its last. */
  headMillis: number;
  /** From a head's end to the end of its content. */
  contentMillis: number;
  /** Without any octet taken by a peer that has to read: dropped after it. */
  writeMillis: number;
  /** From our close to the peer's: dropped after it. */
  lingerMillis: number;
}

export interface RunningStructure {
  port: number;
  /**
   * Accepts no more, closes idle connections, lets answers under way finish for `graceMillis`, then
   * drops the rest.
   */
  close(graceMillis: number): Promise<void>;
}

export interface Structure {
  /**
   * Resolves when it listens; rejects when it cannot. Each thread gets its counters from `newLane`.
   */
  start(config: StructureConfig, newLane: () => Counters): Promise<RunningStructure>;
}
