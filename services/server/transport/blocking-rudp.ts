// A connection of RUDP for a thread that waits: it sleeps on memory that it shares with the thread
// of the protocol, as blocking-socket.ts of lib/sockets sleeps in the kernel.

import { Buffer } from "node:buffer";
import { readSync } from "node:fs";
import { type BlockingConnection, FAILED, type Sent, SLICE_OVER } from "../../../lib/sockets/blocking-socket.ts";
import { type FileRange, type Piece, pieceLength } from "../../../lib/sockets/piece.ts";
import { closeFiles, FILE_CHUNK_BYTES } from "../../../lib/sockets/sending.ts";
import type { SocketObserver } from "../../../lib/sockets/socket.ts";
import type { RudpSocket } from "../../rudp/thread/socket.ts";
import { peerOf } from "./rudp-port.ts";

const READ_BYTES = 65_536;
const NOTHING = Buffer.alloc(0);

export class BlockingRudp implements BlockingConnection {
  input: Buffer = NOTHING;
  readonly remoteAddress: string;
  readonly localAddress: string;
  #socket: RudpSocket;
  #observer: SocketObserver;
  #times: { sliceMillis: number; writeMillis: number };
  #peerEnded = false;
  #hasEnded = false;
  /** Once our half is closed: what the peer has acknowledged, and since when that is all. */
  #taken = { bytes: 0, sinceMillis: 0 };

  constructor(
    socket: RudpSocket,
    localAddress: string,
    observer: SocketObserver,
    times: { sliceMillis: number; writeMillis: number },
  ) {
    this.#socket = socket;
    this.remoteAddress = peerOf(socket).address;
    this.localAddress = localAddress;
    this.#observer = observer;
    this.#times = times;
  }

  get unsent(): boolean {
    return this.#hasEnded && !this.#socket.isDelivered();
  }

  rememberRemoteAddress(): void {}

  receive(): number {
    try {
      const octets = this.#socket.recvWithin(READ_BYTES, this.#times.sliceMillis);
      if (octets === undefined) return this.unsent && this.#isStuck() ? this.#timedOut() : SLICE_OVER;
      this.input = octets ?? NOTHING;
      this.#peerEnded = octets === null;
      return this.input.length;
    } catch {
      this.#observer.broken();
      return FAILED;
    }
  }

  send(pieces: readonly Piece[], writeMillis: number, isOver: () => boolean): Sent {
    let sent: Sent = "at once";
    try {
      for (const piece of pieces) {
        const one = Buffer.isBuffer(piece)
          ? this.#sendOctets(piece, writeMillis, isOver)
          : this.#sendRange(piece, writeMillis, isOver);
        if (one === "failed") return one;
        if (one === "later") sent = one;
      }
      return sent;
    } catch {
      this.#observer.broken();
      return "failed";
    } finally {
      closeFiles(pieces);
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#taken = { bytes: this.#acknowledged(), sinceMillis: performance.now() };
    this.#socket.end();
  }

  release(): void {}

  /** Where both ends are reached, the protocol's thread delivers what is still under way. */
  close(): void {
    if (!this.#hasEnded || !this.#peerEnded) this.#socket.abort();
  }

  /** Whether the peer has acknowledged nothing of the rest for too long. */
  #isStuck(): boolean {
    const bytes = this.#acknowledged();
    const nowMillis = performance.now();
    if (bytes !== this.#taken.bytes) this.#taken = { bytes, sinceMillis: nowMillis };
    return nowMillis - this.#taken.sinceMillis > this.#times.writeMillis;
  }

  #timedOut(): number {
    this.#observer.timedOut();
    return FAILED;
  }

  #acknowledged(): number {
    return this.#socket.numbers().dataBytesAcknowledged;
  }

  #sendOctets(octets: Buffer, writeMillis: number, isOver: () => boolean): Sent {
    let sent = 0;
    let isFirst = true;
    for (let waitBegan = performance.now(); ; isFirst = false) {
      const taken = this.#socket.sendWithin(octets.subarray(sent), isFirst ? 0 : this.#times.sliceMillis);
      sent += taken;
      this.#observer.sent(taken);
      if (sent === octets.length) return isFirst ? "at once" : "later";
      if (isOver()) return "failed";
      if (taken > 0) waitBegan = performance.now();
      else if (performance.now() - waitBegan > writeMillis) {
        this.#observer.timedOut();
        return "failed";
      }
    }
  }

  /**
   * A file that shrank or cannot be read breaks the connection, because its length was promised.
   */
  #sendRange(range: FileRange, writeMillis: number, isOver: () => boolean): Sent {
    const { descriptor, start, end } = range;
    const chunk = Buffer.allocUnsafeSlow(Math.min(pieceLength(range), FILE_CHUNK_BYTES));
    for (let at = start; at < end; ) {
      const length = readSync(descriptor, chunk, 0, Math.min(end - at, chunk.length), at);
      if (length === 0 || this.#sendOctets(chunk.subarray(0, length), writeMillis, isOver) === "failed")
        return "failed";
      at += length;
    }
    return "later";
  }
}
