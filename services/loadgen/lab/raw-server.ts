// A server on loopback that answers each request as a test says, by octets.

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** `request`: what has come. */
export type Answer = (socket: Socket, request: string) => void;

export const OK: Answer = (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");

/** The input that a server saw. */
export interface Seen {
  /** Those over which a request came. */
  connections: number;
  requests: string[];
  from: Set<string>;
}

/** It closes with the test. */
export async function serve(context: TestContext, answer: Answer): Promise<{ target: string; seen: Seen }> {
  const seen: Seen = { connections: 0, requests: [], from: new Set() };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.once("data", () => {
      seen.connections += 1;
    });
    seen.from.add(socket.remoteAddress ?? "");
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    socket.setEncoding("latin1").on("data", (text: string) => {
      seen.requests.push(text);
      answer(socket, text);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { target: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}
