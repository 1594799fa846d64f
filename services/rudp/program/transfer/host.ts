// Serves transfers on a listening port until it is stopped, for `rudp serve` and for the service.

import type { RudpListener } from "../../thread/listener.ts";
import type { RudpSocket } from "../../thread/socket.ts";
import { NOWHERE, type Served, serveTransfer } from "./serve.ts";

export interface Host {
  onAccepted(socket: RudpSocket): void;
  onServed(socket: RudpSocket, served: Served, elapsedSeconds: number, cpuSeconds: number): void;
  onFailed(socket: RudpSocket, error: Error): void;
}

/** Accepts and serves connections, many at once, until the endpoint is closed. */
export async function hostTransfers(listener: RudpListener, host: Host): Promise<void> {
  for (;;) {
    const socket = await listener.acceptAsync();
    host.onAccepted(socket);
    void serveOne(socket, host);
  }
}

async function serveOne(socket: RudpSocket, host: Host): Promise<void> {
  const [beganMillis, cpu] = [performance.now(), process.cpuUsage()];
  try {
    const served = await serveTransfer(socket, () => NOWHERE);
    const { user, system } = process.cpuUsage(cpu);
    host.onServed(socket, served, (performance.now() - beganMillis) / 1000, (user + system) / 1e6);
  } catch (error) {
    host.onFailed(socket, error as Error);
  }
}
