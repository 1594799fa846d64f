// A connection as a Node stream, so that `pipeline(file, duplex)` and all that takes streams work with it.

import { Duplex } from "node:stream";
import type { RudpSocket } from "./socket.ts";

const READ_BYTES = 65_536;

/**
 * A Duplex on the connection. Its end is the connection's half-close, and it finishes when the peer has acknowledged all that was written: so
 * does a pipeline into it. Destroying it before both ends are reached breaks the connection off. When the peer
 * breaks off it is destroyed with the error, idle or not, and without one when this side does; what came before can be read first by who reads already.
 */
export function duplexOf(socket: RudpSocket): Duplex {
  let isReading = false;
  const duplex = new Duplex({
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
  // A stream that waits in recvAsync is told there; one that still reads what came before is told after it.
  void socket.over().then((failure) => {
    const isUnread = duplex.readableLength > 0 || socket.unreadBytes() > 0;
    const isRead = duplex.readableFlowing !== null && isUnread;
    if (failure === null || isReading || isRead) return;
    duplex.destroy(failure.code === "E_RUDP_ABORTED" ? undefined : failure);
  });
  return duplex;
}
