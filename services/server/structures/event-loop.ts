// The event loop of `event`, and of each thread of `event-multi`: a listening socket and the connections that it brought.

import { log } from "../../../lib/service/log.ts";
import { createAccessLog } from "../access-log.ts";
import { add, type Counters, countOperation, set } from "../counters.ts";
import { createSite } from "../files/site.ts";
import { loadSockets } from "../sockets/kinds.ts";
import type { ServerSocket } from "../sockets/socket.ts";
import { Clock } from "./clock.ts";
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
  const clock = new Clock();
  const makeRoom = () => closeSpare(loop);
  const shared = { clock, limits, version, timeouts, counters, connections, accessLog, serverTiming, makeRoom };
  const loop: EventLoop = { site: createSite(site, { brokenRules: logBrokenRules, judged }), ...shared };
  set(counters, "idleTimeoutMillis", idleTimeoutMillis(0, timeouts.idle));
  let draining = false;

  const sweep = () => {
    clock.synchronize();
    const idleMillis = idleTimeoutMillis(connections.size, timeouts.idle);
    set(counters, "idleTimeoutMillis", idleMillis);
    checkTimes(loop, idleMillis);
    if (connections.size === 0) {
      clearInterval(sweeping);
      sweeping = undefined;
    }
  };
  let sweeping: NodeJS.Timeout | undefined;

  const connected = (socket: ServerSocket) => {
    clock.lap();
    const connection = new EventConnection(loop, socket);
    connections.add(connection);
    if (sweeping === undefined) {
      clock.synchronize();
      sweeping = setInterval(sweep, SWEEP_MILLIS);
    }
    add(counters, "acceptedConnections", 1);
    if (draining) connection.drain();
    countOperation(counters, "accept", 0, clock.lap());
    return connection;
  };
  const shed = () => add(counters, "acceptErrors", 1);

  const listen = await loadSockets(config.sockets);
  const { address, port } = config;
  const { writeMillis } = timeouts;
  const users = { connected, makeRoom, shed };
  const listener = await listen({ address, port, backlog: BACKLOG, reusePort, writeMillis, counters, ...users });

  return {
    port: listener.port,
    async close(graceMillis) {
      draining = true;
      const closed = listener.close();
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

function checkTimes({ connections, counters, clock }: EventLoop, idleMillis: number): void {
  clock.lap();
  let active = 0;
  for (const connection of connections) {
    connection.checkTime(clock.last, idleMillis);
    if (!connection.isIdle) active++;
  }
  set(counters, "activeConnections", active);
}

/** Connections that nobody has used for the minimum give their descriptors back, that others may come in; whether there were any. */
function closeSpare({ connections, timeouts, clock }: EventLoop): boolean {
  clock.lap();
  let closed = false;
  for (const connection of connections) {
    if (connection.giveWay(clock.last, timeouts.idle.minimumMillis)) closed = true;
  }
  return closed;
}

function logBrokenRules(path: string, line: number, problem: string): void {
  log("htaccess-broken", { path, line, problem });
}
