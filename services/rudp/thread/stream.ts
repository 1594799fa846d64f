// A connection as a Node stream, for `pipeline(file, duplex)` and everything else that takes
// streams.

import { Duplex } from "node:stream";
import type { RudpSocket } from "./socket.ts";

const READ_BYTES = 65_536;

/**
 * A Duplex on the connection. Ending it half-closes the connection; it finishes when the peer has
 * acknowledged everything written, and so does a pipeline into it. Destroying it before both ends
 * are reached aborts the connection. When the peer aborts, the stream is destroyed with the error,
 * even if idle; when this end aborts, it is destroyed without one. A reader that is already reading
 * first gets what arrived before.
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
  // A stream that waits in recvAsync learns of it there; one that is still reading earlier data
  // learns of it afterwards.
  void socket.over().then((failure) => {
    const isUnread = duplex.readableLength > 0 || socket.unreadBytes() > 0;
    const isRead = duplex.readableFlowing !== null && isUnread;
    if (failure === null || isReading || isRead) return;
    duplex.destroy(failure.code === "E_RUDP_ABORTED" ? undefined : failure);
  });
  return duplex;
}
