// The event loop of `event`, and of each thread of `event-multi`: a listening socket and the connections that it brought.

import { createServer, type Socket } from "node:net";
import { log } from "../../../lib/service/log.ts";
import { createAccessLog } from "../access-log.ts";
import { add, type Counters, countOperation, set } from "../counters.ts";
import { createSite } from "../files/site.ts";
import { EventConnection, type EventLoop } from "./event-connection.ts";
import { idleTimeoutMillis } from "./idle-timeout.ts";
import type { RunningStructure, StructureConfig } from "./structure.ts";

/** How many connections the kernel completes on its own while the loop is busy; the kernel caps it at net.core.somaxconn. */
const BACKLOG = 4_096;
/** How often times are looked at: one pass over all connections instead of a timer for each. A time-out is that much late at most. */
const SWEEP_MILLIS = 100;

/** Listens and serves on this thread's event loop. */
export async function startEventLoop(
  config: StructureConfig,
  counters: Counters,
  { reusePort }: { reusePort: boolean },
): Promise<RunningStructure> {
  const { site, limits, version, timeouts, serverTiming } = config;
  const accessLog = config.accessLog ? createAccessLog((text) => process.stderr.write(text)) : null;
  const connections = new Set<EventConnection>();
  const judged = (millis: number) => countOperation(counters, "access", 0, millis);
  const shared = { limits, version, timeouts, counters, connections, accessLog, serverTiming };
  const loop: EventLoop = { site: createSite(site, { brokenRules: logBrokenRules, judged }), ...shared };
  set(counters, "idleTimeoutMillis", idleTimeoutMillis(0, timeouts.idle));
  let draining = false;

  const sweep = () => {
    const idleMillis = idleTimeoutMillis(connections.size, timeouts.idle);
    set(counters, "idleTimeoutMillis", idleMillis);
    checkTimes(loop, idleMillis);
    if (connections.size === 0) {
      clearInterval(sweeping);
      sweeping = undefined;
    }
  };
  let sweeping: NodeJS.Timeout | undefined;

  const accept = (socket: Socket) => {
    const began = performance.now();
    const connection = new EventConnection(loop, socket);
    connections.add(connection);
    sweeping ??= setInterval(sweep, SWEEP_MILLIS);
    add(counters, "acceptedConnections", 1);
    if (draining) connection.drain();
    countOperation(counters, "accept", 0, performance.now() - began);
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host: config.address, port: config.port, backlog: BACKLOG, reusePort }, resolve);
  await promise;
  server.off("error", reject).on("error", () => {
    // No descriptor was left, so libuv dropped the connection. Idle ones give way, that the next may come in.
    add(counters, "acceptErrors", 1);
    checkTimes(loop, timeouts.idle.minimumMillis);
  });

  return {
    port: (server.address() as { port: number }).port,
    async close(graceMillis) {
      draining = true;
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const connection of connections) connection.drain();
      const deadline = setTimeout(() => {
        for (const connection of connections) connection.destroy();
      }, graceMillis);
      await closed;
      clearTimeout(deadline);
      clearInterval(sweeping);
      accessLog?.flush();
    },
  };
}

function checkTimes({ connections, counters }: EventLoop, idleMillis: number): void {
  const now = performance.now();
  let active = 0;
  for (const connection of connections) {
    connection.checkTime(now, idleMillis);
    if (!connection.isIdle) active++;
  }
  set(counters, "activeConnections", active);
}

function logBrokenRules(path: string, line: number, problem: string): void {
  log("htaccess-broken", { path, line, problem });
}
