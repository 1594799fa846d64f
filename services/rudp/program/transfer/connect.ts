// Opens the connections of a run, and times their handshakes.

import { performance } from "node:perf_hooks";
import type { ConnectOptions, Endpoint } from "../../thread/endpoint.ts";
import type { RudpSocket } from "../../thread/socket.ts";
import type { Sockets } from "./open-run.ts";

/** All of them at once, or none. `connectSeconds` is the median of their handshakes. */
export async function connectAll(
  endpoint: Endpoint,
  target: string,
  count: number,
  options: ConnectOptions,
): Promise<{ sockets: Sockets; connectSeconds: number }> {
  const attempts = Array.from({ length: count }, async () => {
    const beganMillis = performance.now();
    const socket = await endpoint.connectAsync(target, options);
    return { socket, seconds: (performance.now() - beganMillis) / 1000 };
  });
  const settled = await Promise.allSettled(attempts);
  const opened = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const sockets = opened.map(({ socket }) => socket);
  const failed = settled.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    for (const socket of sockets) socket.abort();
    throw failed.reason;
  }
  const connectSeconds = medianOf(opened.map(({ seconds }) => seconds));
  return { sockets: sockets as [RudpSocket, ...RudpSocket[]], connectSeconds };
}

/** Of an even number the mean of the two in the middle. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] as number) + (sorted[high] as number)) / 2;
}
