// Messages between the application's thread and the engine's. They are rare, so ordinary ones will
// do; bytes go through the channel.

import type { Problem } from "../../../../lib/errors.ts";
import type { ConnectionOptions } from "../../protocol/connection/connection.ts";
import type { Port } from "../../protocol/port/port.ts";

/** Where a port listens, or where a connection leads. */
export interface Place {
  address: string;
  port: number;
}

/** A listening port, or the UDP socket that is already bound to it. */
export interface OwnPlace extends Place {
  descriptor?: number | undefined;
}

export type Command =
  | ({ op: "listen"; key: number; maximumConnections: number; connection: Partial<ConnectionOptions> } & OwnPlace)
  | ({ op: "connect"; key: number; memory: SharedArrayBuffer; from: string | null; trace: string | null } & {
      connection: Partial<ConnectionOptions>;
    } & Place)
  | { op: "count"; key: number; listener: number }
  | { op: "unlisten"; key: number }
  | { op: "await-start"; key: number }
  | { op: "trace"; key: number; folder: string | null }
  | { op: "stop" };

export type ListenerCounters = Port["counters"];

export type Answer =
  | ({ event: "listening"; key: number } & Place)
  | { event: "connecting" | "started" | "traced" | "unlistened"; key: number }
  | { event: "accepted"; key: number; memory: SharedArrayBuffer; peer: string }
  | { event: "counted"; key: number; counters: ListenerCounters }
  | { event: "refused"; key: number; code: string; message: string; problems: readonly Problem[] }
  | { event: "stopped" };
