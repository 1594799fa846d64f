// How a client reads what a server sends: as it comes, with pauses, or late.

import type { Socket } from "node:net";

export type Reading = "at once" | "slowly" | "late";

/** More than the server's linger and sweep together. */
const LATE_MILLIS = 200;

/** Resolves when the server ends; `taken` is called after each batch of arrivals. */
export function reads(
  socket: Socket,
  reading: Reading,
  take: (octets: Buffer) => void,
  taken: () => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let pauses = reading === "slowly" ? 100 : 0;
  socket.on("data", (octets) => {
    try {
      take(octets as Buffer);
      taken();
    } catch (error) {
      reject(error);
    }
    if (pauses-- <= 0) return;
    socket.pause();
    setTimeout(() => socket.resume(), 1);
  });
  socket.on("end", resolve).on("error", reject);
  socket.on("close", () => reject(new Error("the connection broke off")));
  if (reading === "late") {
    socket.pause();
    setTimeout(() => socket.resume(), LATE_MILLIS);
  }
  return promise;
}
