// A structure is how the server turns connections into work: which threads or processes wait for
// what. All structures drive the same sessions (session/session.ts). A new one is a file here and a
// line in table.ts (docs/server.md).

import type { SocketKind } from "../../../lib/sockets/kinds.ts";
import type { Counters } from "../accounting/counters.ts";
import type { SessionConfig } from "../session/table.ts";
import type { TransportName } from "../transport/table.ts";
import type { IdleTimeoutOptions } from "./idle-timeout.ts";

/** Plain data that threads and processes can receive. */
export interface StructureConfig extends SessionConfig {
  address: string;
  /** 0: the kernel chooses. */
  port: number;
  transport: TransportName;
  /** The kind of sockets of an event loop over TCP. */
  sockets: SocketKind;
  /** Threads or processes, if the structure has several; 0: its default. */
  workers: number;
  /** Connections that the kernel completes and holds until the server takes them. */
  backlog: number;
  /** Without it Nagle's algorithm is on for connections. */
  nodelay: boolean;
  /**
   * Connections open at a time, where they hold neither a thread nor a process. One more is
   * refused: with 503, or closed if the protocol has no word for it.
   */
  connections: number;
  timeouts: Timeouts;
}

export interface Timeouts {
  idle: IdleTimeoutOptions;
  /** From a head's first octet to its last. */
  headMillis: number;
  /** From a head's end to the end of its content. */
  contentMillis: number;
  /** How long a slow reader may take no octet before it is dropped. */
  writeMillis: number;
  /** How long the peer may delay its close after ours before it is dropped. */
  lingerMillis: number;
}

export interface RunningStructure {
  port: number;
  /**
   * Accepts no more, closes idle connections, gives answers under way `graceMillis` to finish, then
   * drops the rest.
   */
  close(graceMillis: number): Promise<void>;
  /** How long a connection may be idle now; where loops have connections of their own, the mean. */
  idleMillis(): number;
  /** Connections that wait in the kernel's queue. */
  queued?: (() => number) | undefined;
  /** Ids of the processes that are its workers now, if they are processes. */
  processes?: (() => number[]) | undefined;
}

/** The counters of a further thread or process: new ones, or those given. */
export type NewCounters = (counters?: Counters) => Counters;

export interface Structure {
  /**
   * Resolves when it listens; rejects if it cannot. Each thread gets its counters from
   * `newCounters`.
   */
  start(config: StructureConfig, newCounters: NewCounters): Promise<RunningStructure>;
  /**
   * Connections that it surely serves at a time, where each holds a thread or a process; others
   * wait in a queue.
   */
  slots?(config: StructureConfig): number;
  /**
   * How many threads or processes do its work: one whatever `workers` says, or one per core if that
   * says nothing. Left out: its workers.
   */
  threads?: "one" | "one per core";
  /** It calls the kernel itself, whatever kind of sockets is chosen, and is there on Linux only. */
  usesSystemCalls?: boolean;
}
