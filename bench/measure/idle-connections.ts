// Idle persistent connections: the memory that each costs a server, and their effect on busy ones.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { median } from "./rounds.ts";
import type { Server } from "./servers.ts";

export const IDLE_CONNECTIONS = 5_000;
const ROUNDS = 3;

/** A server's row. `load` returns the requests per second of busy connections. */
export async function idleRow(server: Server, load: (server: Server) => Promise<number>): Promise<string[]> {
  const several = async () => {
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) rates.push(await load(server));
    return median(rates);
  };
  await load(server); // warms caches and compiled code
  const alone = await several();
  const before = server.residentBytes();
  const sockets = await connectIdle(server.port, IDLE_CONNECTIONS);
  const each = (server.residentBytes() - before) / IDLE_CONNECTIONS;
  const among = await several();
  for (const socket of sockets) socket.destroy();
  const share = ((100 * among) / alone).toFixed(0);
  const kept = `${share} % of ${Math.round(alone)}/s`;
  return [server.name, `${(each / 1024).toFixed(1)} KiB each; 32 busy ones keep ${kept}`];
}

/** Connections that have made one request and now wait. */
async function connectIdle(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(100, count - sockets.length) }, () => ask(port));
    sockets.push(...(await Promise.all(batch)));
  }
  return sockets;
}

/** A connection that has made one request, has part of its answer at least, and takes the rest. */
export async function ask(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.write("GET /files/1KiB HTTP/1.1\r\nHost: bench\r\n\r\n");
  await once(socket, "data");
  return socket.resume();
}
