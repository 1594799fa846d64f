// The kinds of sockets, and those that this system has.

import type { Dialler } from "./dial.ts";
import type { Listen } from "./socket.ts";

export const SOCKET_KINDS = ["net", "epoll"] as const;
export type SocketKind = (typeof SOCKET_KINDS)[number];

/** The best kind on this system. */
export const BEST_SOCKETS: SocketKind = process.platform === "linux" ? "epoll" : "net";

/** The kinds that this system has. */
export function usableSockets(): SocketKind[] {
  return SOCKET_KINDS.filter((kind) => kind === "net" || process.platform === "linux");
}

/** The kind's function to listen, loaded only here because epoll exists on Linux only. */
export async function loadSockets(kind: SocketKind): Promise<Listen> {
  return kind === "net" ? (await import("./net.ts")).listen : (await import("./epoll.ts")).listen;
}

/** Opens the dialler of a thread for connections of this kind. */
export async function openDialler(kind: SocketKind = BEST_SOCKETS): Promise<Dialler> {
  return (kind === "net" ? await import("./net-dial.ts") : await import("./epoll-dial.ts")).openDialler();
}
