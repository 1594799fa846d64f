// The event loop of `event`, and of each thread of `event-multi`: a listening socket and its
// connections.

import type { StreamSocket } from "../../../lib/sockets/socket.ts";
import { Clock } from "../accounting/clock.ts";
import { add, type Counters, countOperation, set } from "../accounting/counters.ts";
import { startSessions } from "../session/table.ts";
import { loadListen } from "../transport/table.ts";
import { SWEEP_MILLIS } from "./connection-limits.ts";
import { EventConnection, type EventLoop } from "./event-connection.ts";
import { idleTimeoutMillis } from "./idle-timeout.ts";
import { socketCounting } from "./socket-counting.ts";
import type { RunningStructure, StructureConfig } from "./structure.ts";

/** Listens and serves on this thread's event loop. */
export async function startEventLoop(
  config: StructureConfig,
  counters: Counters,
  { reusePort, descriptor }: { reusePort: boolean; descriptor?: number | undefined },
): Promise<RunningStructure> {
  const { address, port, backlog, nodelay, writes, timeouts } = config;
  const clock = new Clock();
  const sessions = startSessions(config, { clock, counters, blocking: false });
  const connections = new Set<EventConnection>();
  const makeRoom = () => closeSpare(loop);
  const loop: EventLoop = { sessions, timeouts, counters, clock, connections, makeRoom };
  const idleMillis = () => idleTimeoutMillis(connections.size, timeouts.idle);
  const sweep = newSweep(loop, idleMillis);
  let draining = false;

  const connected = (socket: StreamSocket) => {
    clock.lap();
    const connection = new EventConnection(loop, socket);
    connections.add(connection);
    sweep.begin();
    add(counters, "acceptedConnections", 1);
    if (draining) connection.drain();
    if (connections.size > config.connections) {
      add(counters, "refusedConnections", 1);
      connection.refuse();
    }
    countOperation(counters, "accept", 0, clock.lap());
    return connection;
  };
  const shed = () => add(counters, "acceptErrors", 1);

  const listen = await loadListen(config, descriptor);
  const { writeMillis } = timeouts;
  const observer = socketCounting(counters);
  const listener = await listen({
    address,
    port,
    backlog,
    reusePort,
    nodelay,
    writes,
    writeMillis,
    observer,
    connected,
    makeRoom,
    shed,
  });

  return {
    port: listener.port,
    idleMillis,
    async close(graceMillis) {
      draining = true;
      const closed = listener.close();
      for (const connection of connections) connection.drain();
      const deadline = setTimeout(() => {
        for (const connection of connections) connection.destroy();
      }, graceMillis);
      await closed;
      clearTimeout(deadline);
      sweep.end();
      sessions.close();
    },
  };
}

/** Checks the times of all connections at an interval, as long as there are any. */
function newSweep(loop: EventLoop, idleMillis: () => number): { begin(): void; end(): void } {
  const { clock, connections } = loop;
  let sweeping: NodeJS.Timeout | undefined;
  const end = () => {
    clearInterval(sweeping);
    sweeping = undefined;
  };
  const sweep = () => {
    clock.synchronize();
    checkTimes(loop, idleMillis());
    if (connections.size === 0) end();
  };
  return {
    begin() {
      if (sweeping !== undefined) return;
      clock.synchronize();
      sweeping = setInterval(sweep, SWEEP_MILLIS);
    },
    end,
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

/**
 * Closes connections unused for the minimum, to free their descriptors; returns whether there were
 * any.
 */
function closeSpare({ connections, timeouts, clock }: EventLoop): boolean {
  clock.lap();
  let closed = false;
  for (const connection of connections) {
    if (connection.giveWay(clock.last, timeouts.idle.minimumMillis)) closed = true;
  }
  return closed;
}
