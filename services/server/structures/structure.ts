// A structure is how the server turns connections into work: which threads or processes wait for what. All of them drive the same
// http/connection.ts and files/site.ts. docs/server.md says how to add one: a file here, a line in table.ts.

import type { Counters } from "../counters.ts";
import type { SiteOptions } from "../files/site.ts";
import type { ParserLimits } from "../http/limits.ts";
import type { HttpVersion } from "../http/message.ts";
import type { SocketKind } from "../sockets/kinds.ts";
import type { IdleTimeoutOptions } from "./idle-timeout.ts";

/** What a structure is told. Plain data, so that it can be handed to threads and processes. */
export interface StructureConfig {
  address: string;
  /** 0 lets the kernel choose. */
  port: number;
  /** Whose sockets an event loop uses. */
  sockets: SocketKind;
  /** Threads or processes, where the structure has several. */
  workers: number;
  site: SiteOptions;
  limits: ParserLimits;
  /** The version that answers are given in; 1.0 has one request a connection. */
  version: HttpVersion;
  timeouts: Timeouts;
  /** Whether each answer is logged on stderr in the Common Log Format. */
  accessLog: boolean;
  /** Whether each answer says in Server-Timing where its time went. */
  serverTiming: boolean;
}

export interface Timeouts {
  idle: IdleTimeoutOptions;
  /** From a head's first octet to its last: 408 after it. */
  headMillis: number;
  /** From a head's end to the end of its content: 408 after it. */
  contentMillis: number;
  /** Without any octet taken by a client that has to read: dropped after it. */
  writeMillis: number;
  /** From our close to the client's: dropped after it. */
  lingerMillis: number;
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
