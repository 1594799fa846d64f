// A run whose connections are open.

import type { RudpSocket } from "../../thread/socket.ts";
import type { Moment } from "./counted.ts";
import type { RunSettings } from "./settings.ts";

export type Sockets = readonly [RudpSocket, ...RudpSocket[]];

export interface OpenRun {
  sockets: Sockets;
  settings: RunSettings;
  /** Bytes that have arrived here. */
  arrived: { bytes: number };
  since(): number;
  now(): Moment;
  signal: AbortSignal;
}
