// A server of known behaviour: every request is answered after the same time, but once, for a
// while after the first one came, nothing is answered. Nothing else delays it: connections do not
// wait for each other.

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello";
const HEAD_END = "\r\n\r\n";

export interface Behaviour {
  serviceMillis: number;
  /** After the first request. */
  stallAfterMillis: number;
  stallMillis: number;
}

export interface StallingServer extends AsyncDisposable {
  port: number;
}

export async function startStalling(behaviour: Behaviour): Promise<StallingServer> {
  const { serviceMillis, stallAfterMillis, stallMillis } = behaviour;
  let stallBegins = Number.NaN;
  const sockets = new Set<Socket>();
  const answerAt = (): number => {
    const now = performance.now();
    if (Number.isNaN(stallBegins)) stallBegins = now + stallAfterMillis;
    const due = now + serviceMillis;
    return due >= stallBegins && due < stallBegins + stallMillis ? stallBegins + stallMillis : due;
  };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    let text = "";
    socket.setEncoding("latin1").on("data", (more: string) => {
      text += more;
      for (let end = text.indexOf(HEAD_END); end !== -1; end = text.indexOf(HEAD_END)) {
        text = text.slice(end + HEAD_END.length);
        setTimeout(() => socket.write(ANSWER), Math.max(0, answerAt() - performance.now()));
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
