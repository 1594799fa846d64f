// A listening port as an application holds it.

import type { ListenerCounters, Place } from "./engine/messages.ts";
import type { RudpSocket } from "./socket.ts";

export interface RudpListener extends Place {
  /** The next connection; blocks until there is one. Throws E_RUDP_CLOSED after close(). */
  accept(): RudpSocket;
  /** The same, or undefined if none has come within the time. */
  acceptWithin(millis: number): RudpSocket | undefined;
  acceptAsync(): Promise<RudpSocket>;
  /** Datagrams refused so far, by reason. */
  counters(): Promise<ListenerCounters>;
  /**
   * Stops accepting: a pending acceptAsync rejects with E_RUDP_CLOSED, and connections that nobody
   * has accepted are aborted. Accepted connections remain and keep the port. Without any, the port
   * is free once the pending call has rejected.
   */
  close(): void;
}
