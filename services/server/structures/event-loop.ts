// The event loop of `event`, and of each thread of `event-multi`: a listening socket and the connections that it brought.

import { createServer } from "node:net";
import { add, type Counters } from "../counters.ts";
import { createSite } from "../files/site.ts";
import { EventConnection, type EventLoop } from "./event-connection.ts";
import type { RunningStructure, StructureConfig } from "./structure.ts";

/** How many connections the kernel completes on its own while the loop is busy; the kernel caps it at net.core.somaxconn. */
const BACKLOG = 4_096;

/** Listens and serves on this thread's event loop. */
export async function startEventLoop(
  config: StructureConfig,
  counters: Counters,
  { reusePort }: { reusePort: boolean },
): Promise<RunningStructure> {
  const connections = new Set<EventConnection>();
  const loop: EventLoop = { site: createSite(config.site), limits: config.limits, counters, connections };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    connections.add(new EventConnection(loop, socket));
    add(counters, "acceptedConnections", 1);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host: config.address, port: config.port, backlog: BACKLOG, reusePort }, resolve);
  await promise;
  server.off("error", reject).on("error", () => add(counters, "acceptErrors", 1));
  const address = server.address() as { port: number };

  return {
    port: address.port,
    async close(graceMillis) {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const connection of connections) connection.drain();
      const deadline = setTimeout(() => {
        for (const connection of connections) connection.destroy();
      }, graceMillis);
      await closed;
      clearTimeout(deadline);
    },
  };
}
