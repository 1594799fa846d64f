// Counts what happens on sockets.

import type { SocketObserver } from "../../../lib/sockets/socket.ts";
import { add, type Counters } from "../accounting/counters.ts";

export function socketCounting(counters: Counters): SocketObserver {
  return {
    sent: (bytes) => add(counters, "sentBytes", bytes),
    timedOut: () => add(counters, "timeouts", 1),
    broken: () => add(counters, "droppedByClient", 1),
  };
}
