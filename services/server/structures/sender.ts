// The sending side of a socket on an event loop: pieces go out in order, and no more of a file is read than the client takes.

import { close as closeDescriptor, read as readDescriptor } from "node:fs";
import type { Socket } from "node:net";
import { add, type Counters } from "../counters.ts";
import type { FileRange, Piece } from "../http/message.ts";

const FILE_CHUNK_BYTES = 262_144;

export class Sender {
  /** Whether something waits for the client or the disk; `onFree` is called when nothing does any more. */
  busy = false;

  #socket: Socket;
  #counters: Counters;
  #writeMillis: number;
  #onFree: () => void;
  #queue: Piece[] = [];

  constructor(socket: Socket, counters: Counters, writeMillis: number, onFree: () => void) {
    this.#socket = socket;
    this.#counters = counters;
    this.#writeMillis = writeMillis;
    this.#onFree = onFree;
    socket.on("drain", () => this.#proceed());
    socket.on("timeout", () => {
      add(counters, "timeouts", 1);
      socket.destroy();
    });
  }

  /** Sends the pieces after those that wait already, and takes care of the files in them. */
  send(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (!this.busy && Buffer.isBuffer(piece)) this.#write(piece);
      else this.#queue.push(piece);
    }
    if (!this.busy && this.#queue.length > 0) this.#sendQueued();
  }

  /** Closes the files that were not sent. */
  dispose(): void {
    closeFiles(this.#queue);
    this.#queue.length = 0;
  }

  #write(octets: Buffer): void {
    add(this.#counters, "sentBytes", octets.length);
    if (this.#socket.write(octets)) return;
    this.busy = true;
    // net looks at the bytes that the kernel has taken before it calls: a client that reads slowly but does read is not dropped.
    this.#socket.setTimeout(this.#writeMillis);
  }

  #proceed(): void {
    if (!this.busy) return;
    this.busy = false;
    this.#socket.setTimeout(0);
    this.#sendQueued();
    if (!this.busy) this.#onFree();
  }

  #sendQueued(): void {
    while (!this.busy) {
      const piece = this.#queue.shift();
      if (piece === undefined) return;
      if (Buffer.isBuffer(piece)) this.#write(piece);
      else this.#sendRange(piece);
    }
  }

  /** Reads the next chunk of the range, writes it, and puts the rest back to the head of the queue. */
  #sendRange(range: FileRange): void {
    this.busy = true;
    const { descriptor, start, end } = range;
    const chunk = Buffer.allocUnsafe(Math.min(end - start, FILE_CHUNK_BYTES));
    readDescriptor(descriptor, chunk, 0, chunk.length, start, (error, bytesRead) => {
      if (error !== null || bytesRead === 0 || this.#socket.destroyed) {
        // A file that shrank or cannot be read: its length was promised, so all that is left is to break off.
        closeFiles([range]);
        this.#socket.destroy();
        return;
      }
      const rest = { ...range, start: start + bytesRead };
      if (rest.start < end) this.#queue.unshift(rest);
      else closeFiles([range]);
      this.busy = false;
      this.#write(chunk.subarray(0, bytesRead));
      if (this.busy) return;
      this.#sendQueued();
      if (!this.busy) this.#onFree();
    });
  }
}

/** Closes the files whose last range is among the pieces. */
export function closeFiles(pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    if (!Buffer.isBuffer(piece) && piece.closes) closeDescriptor(piece.descriptor, () => {});
  }
}
