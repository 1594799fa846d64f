// Turns between processes that use one engine, whatever their user and checkout. A turn is a socket
// that listens under a name: only one can, waiting processes are connected to it, and the kernel
// closes it with its holder, however that ends. Linux has names for sockets without a file
// (unix(7), abstract), Windows has pipes; elsewhere it is a file, which is taken over when nobody
// listens on it.

import { hash } from "node:crypto";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { RttlabError } from "../../lib/errors.ts";
import type { Engine } from "./docker.ts";

export interface Turn {
  /** Lets the next one in; may be called again. */
  pass(): void;
}

/** How long the last holder of a turn leaves it to those who waited meanwhile. */
const COURTESY_MILLIS = 10;

/** Turns that this process has just passed on. */
const passed = new Set<string>();

/**
 * Resolves when no other process has the turn called `what` on this engine; `onWait` is called once
 * if one has.
 */
export async function takeTurn({ id }: Pick<Engine, "id">, what: string, onWait = () => {}): Promise<Turn> {
  const path = pathOf(`${id} ${what}`);
  if (passed.delete(path)) await delay(COURTESY_MILLIS);
  for (let hasWaited = false; ; hasWaited = true) {
    const turn = await tryTurn(path, what);
    if (turn !== null) return turn;
    if (!hasWaited) onWait();
    await untilPassed(path);
  }
}

/** Whether a process has the turn, this one included. It is left to that. */
export async function isTurnTaken({ id }: Pick<Engine, "id">, what: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(pathOf(`${id} ${what}`), () => resolve(true)).once("error", () => resolve(false));
  const isTaken = await promise;
  socket.destroy();
  return isTaken;
}

function pathOf(name: string): string {
  const short = `rttlab-${hash("sha256", name).slice(0, 24)}`;
  if (process.platform === "linux") return `\0${short}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${short}` : join(tmpdir(), short);
}

/** null if another process has it. */
async function tryTurn(path: string, what: string): Promise<Turn | null> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on("error", () => {}).on("close", () => waiting.delete(socket));
    socket.resume().unref();
  }).unref();
  const error = await listening(server, path);
  if (error?.code === "EADDRINUSE") return null;
  if (error !== null) throw new RttlabError("E_TURN", `taking the turn of ${what}: ${error.message}`, { cause: error });
  return {
    pass() {
      if (!server.listening) return;
      if (waiting.size > 0) passed.add(path);
      server.close();
      for (const socket of waiting) socket.destroy();
    },
  };
}

function listening(server: Server, path: string): Promise<NodeJS.ErrnoException | null> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | null>();
  server.once("error", resolve).listen(path, () => resolve(null));
  return promise;
}

async function untilPassed(path: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | null>();
  const socket = connect(path).once("error", resolve);
  socket.resume().once("close", () => resolve(null));
  const error = await promise;
  if (error?.code === "ECONNREFUSED" && !path.startsWith("\0")) await rm(path, { force: true });
}
