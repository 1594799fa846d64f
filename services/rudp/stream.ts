// A connection as a Node stream, so that `pipeline(file, duplex)` and all that takes streams work with it.

import { Duplex } from "node:stream";
import type { RudpSocket } from "./socket.ts";

const READ_BYTES = 65_536;

/**
 * A Duplex on the connection. Its end is the connection's half-close, and it finishes when the peer has acknowledged all that was written: so
 * does a pipeline into it. Destroying it before both ends are reached breaks the connection off.
 */
export function duplexOf(socket: RudpSocket): Duplex {
  let isReading = false;
  return new Duplex({
    allowHalfOpen: true,
    writableHighWaterMark: READ_BYTES,
    write(chunk: Uint8Array, _encoding, done) {
      socket.sendAsync(chunk).then(() => done(), done);
    },
    final(done) {
      socket.end();
      socket.deliveredAsync().then(() => done(), done);
    },
    read() {
      if (isReading) return;
      isReading = true;
      socket.recvAsync(READ_BYTES).then(
        (bytes) => {
          isReading = false;
          this.push(bytes);
        },
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      if (error !== null || !this.readableEnded || !this.writableFinished) socket.abort();
      done(error);
    },
  });
}
