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
  #listens = false;

  constructor(socket: Socket, counters: Counters, writeMillis: number, onFree: () => void) {
    this.#socket = socket;
    this.#counters = counters;
    this.#writeMillis = writeMillis;
    this.#onFree = onFree;
  }

  /** Sends the pieces after those that wait already, and takes care of the files in them. */
  send(pieces: readonly Piece[]): void {
    const [first] = pieces;
    if (pieces.length === 1 && !this.busy && Buffer.isBuffer(first)) {
      if (!this.#write(first)) this.#wait();
      return;
    }
    for (const piece of pieces) this.#queue.push(piece);
    if (!this.busy) this.#sendQueued();
  }

  /** Closes the files that were not sent. */
  dispose(): void {
    closeFiles(this.#queue);
    this.#queue.length = 0;
  }

  #write(octets: Buffer): boolean {
    add(this.#counters, "sentBytes", octets.length);
    return this.#socket.write(octets);
  }

  /** Buffers that follow each other go to the kernel in one call. */
  #sendQueued(): void {
    const queue = this.#queue;
    while (!this.busy && queue.length > 0) {
      if (!Buffer.isBuffer(queue[0])) {
        this.#sendRange(queue.shift() as FileRange);
        continue;
      }
      this.#socket.cork();
      let taken = true;
      while (Buffer.isBuffer(queue[0])) taken = this.#write(queue.shift() as Buffer);
      this.#socket.uncork();
      if (!taken && this.#socket.writableNeedDrain) this.#wait();
    }
  }

  /** Until the kernel has taken what was written. */
  #wait(): void {
    this.busy = true;
    this.#limitTime();
    this.#socket.once("drain", () => this.#proceed());
  }

  #proceed(): void {
    this.busy = false;
    this.#socket.setTimeout(0);
    this.#sendQueued();
    if (!this.busy) this.#onFree();
  }

  /** Reads and writes by chunks through one buffer, each chunk when the kernel has taken the one before. */
  #sendRange(range: FileRange): void {
    this.busy = true;
    this.#limitTime();
    const { descriptor, end } = range;
    const buffer = Buffer.allocUnsafeSlow(Math.min(end - range.start, FILE_CHUNK_BYTES));
    const sendFrom = (start: number): void => {
      readDescriptor(descriptor, buffer, 0, Math.min(end - start, buffer.length), start, (error, bytesRead) => {
        // A file that shrank or cannot be read: its length was promised, so all that is left is to break off.
        if (error !== null || bytesRead === 0 || this.#socket.destroyed) return this.#breakOff(range);
        add(this.#counters, "sentBytes", bytesRead);
        this.#socket.write(buffer.subarray(0, bytesRead), (failure) => {
          if (failure) return this.#breakOff(range);
          if (start + bytesRead < end) return sendFrom(start + bytesRead);
          closeFiles([range]);
          this.#proceed();
        });
      });
    };
    sendFrom(range.start);
  }

  #breakOff(range: FileRange): void {
    closeFiles([range]);
    this.#socket.destroy();
  }

  /** net looks at the bytes that the kernel has taken before it calls: a client that reads slowly, but does read, is not dropped. */
  #limitTime(): void {
    this.#socket.setTimeout(this.#writeMillis);
    if (this.#listens) return;
    this.#listens = true;
    this.#socket.on("timeout", () => {
      add(this.#counters, "timeouts", 1);
      this.#socket.destroy();
    });
  }
}

/** Closes the files whose last range is among the pieces. */
export function closeFiles(pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    if (!Buffer.isBuffer(piece) && piece.closes) closeDescriptor(piece.descriptor, () => {});
  }
}
