// The memory that a worker which is held by an idle connection costs: the difference between two
// sizes of a pool, all of whose workers have answered once and wait.

import type { Socket } from "node:net";
import { ask } from "./idle-connections.ts";
import type { Server } from "./servers.ts";

/** Bytes for each further worker. */
export async function workerBytes(
  start: (workers: number) => Promise<Server>,
  few: number,
  many: number,
): Promise<number> {
  return ((await heldBytes(start, many)) - (await heldBytes(start, few))) / (many - few);
}

async function heldBytes(start: (workers: number) => Promise<Server>, workers: number): Promise<number> {
  await using server = await start(workers);
  const sockets: Socket[] = [];
  for (let held = 0; held < workers; held++) sockets.push(await ask(server.port));
  const bytes = server.memoryBytes();
  for (const socket of sockets) socket.destroy();
  return bytes;
}
