// A client for tests of structures: sends raw octets over a real socket and collects what arrives
// until the server closes.

import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface RawClient<Stream extends Duplex = Socket> extends AsyncDisposable {
  socket: Stream;
  send(text: string): void;
  /**
   * Resolves with all octets so far once they contain `text`; rejects if the server closes first.
   */
  until(text: string): Promise<string>;
  /** All octets, once the server has closed its half. The client's half stays open until `end`. */
  closed: Promise<Buffer>;
  end(): void;
}

/** Connects a client, over one transport or the other. */
export type Connect = (port: number) => Promise<RawClient<Duplex>>;

/** Connects. The client reads everything unless `socket.pause()` stops it. */
export async function connectTo(port: number): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const client = clientOn(socket);
  const connected = Promise.withResolvers<void>();
  socket.once("connect", connected.resolve).once("error", connected.reject);
  await connected.promise;
  return client;
}

/** A client on a stream of its own. */
export function clientOn<Stream extends Duplex>(socket: Stream): RawClient<Stream> {
  const chunks: Buffer[] = [];
  const closed = Promise.withResolvers<Buffer>();
  closed.promise.catch(() => {});
  let waiting: (() => void) | undefined;
  socket.on("data", (chunk) => {
    chunks.push(chunk as Buffer);
    waiting?.();
  });
  socket.on("end", () => {
    closed.resolve(Buffer.concat(chunks));
    waiting?.();
  });
  socket.on("error", closed.reject);
  socket.on("close", () => closed.resolve(Buffer.concat(chunks)));
  return {
    socket,
    send: (text) => void socket.write(Buffer.from(text, "latin1")),
    async until(text) {
      for (;;) {
        const received = Buffer.concat(chunks).toString("latin1");
        if (received.includes(text)) return received;
        if (socket.readableEnded || socket.destroyed) throw new Error(`closed after ${JSON.stringify(received)}`);
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
    },
    closed: closed.promise,
    end: () => void socket.end(),
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}

/** Sends `input` and returns everything that arrives until the server closes. */
export async function exchange(port: number, input: string, connect: Connect = connectTo): Promise<Buffer> {
  await using client = await connect(port);
  client.send(input);
  const answer = await client.closed;
  client.end();
  return answer;
}
