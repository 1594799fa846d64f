// Pending output of a socket, in order. Small buffers are copied together and leave in one
// write(2), large ones from where they are, and frequently sent ones by sendfile(2) from memory
// (memory-files.ts); in parts each piece leaves by itself. Files go through a buffer that the
// thread pool fills, so that a slow disk delays nobody: sendfile from a file would wait for the
// disk.

import { Buffer } from "node:buffer";
import { read as readFile } from "node:fs";
import * as libc from "./libc.ts";
import type { MemoryFiles } from "./memory-files.ts";
import { type FileRange, type Piece, pieceLength, type Writes } from "./piece.ts";
import { COPIED_TOGETHER_BYTES, closeFiles, FILE_CHUNK_BYTES, LARGE_BYTES } from "./sending.ts";
import type { SocketObserver } from "./socket.ts";

/** A single buffer is copied up to this size, because taking its address costs as much. */
const ALONE_BYTES = 4_096;
/** A socket's share before the others have their turn. */
const SHARE_BYTES = 1_048_576;

/** Shared by all sockets of the thread: a call is over before the next one begins. */
const output = libc.allocate(COPIED_TOGETHER_BYTES);
/** Where sendfile begins to read, and reports where it stopped. */
const offset = libc.allocate(8);
const offsetWords = new Int32Array(offset.bytes.buffer);

/**
 * `done`: all is sent. `room`: the peer must take some first. `turn`: the others have their turn
 * first. `disk`: `fetch` must read the next part. `failed`: nothing can be sent.
 */
export type Progress = "done" | "room" | "turn" | "disk" | "failed";

export class Outgoing {
  /** Octets handed to the kernel so far. */
  sent = 0;
  /** Octets still to be sent. */
  waiting = 0;
  #descriptor: number;
  #observer: SocketObserver;
  #memoryFiles: MemoryFiles;
  #areJoined: boolean;
  #queue: Piece[] = [];
  #chunk: Buffer | undefined;
  #disposed = false;

  constructor(descriptor: number, observer: SocketObserver, memoryFiles: MemoryFiles, writes: Writes) {
    this.#descriptor = descriptor;
    this.#observer = observer;
    this.#memoryFiles = memoryFiles;
    this.#areJoined = writes === "whole";
  }

  push(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      const length = pieceLength(piece);
      this.waiting += length;
      if (length > 0) this.#queue.push(piece);
      else closeFiles([piece]);
    }
  }

  /** Sends as much as possible now. */
  advance(): Progress {
    const queue = this.#queue;
    const share = this.sent + SHARE_BYTES;
    while (queue.length > 0) {
      if (this.sent >= share) return "turn";
      const first = queue[0] as Piece;
      if (!Buffer.isBuffer(first)) return "disk";
      const taken = this.#write(first);
      if (taken < 0) return libc.shouldTryLater() ? "room" : "failed";
      this.sent += taken;
      this.waiting -= taken;
      this.#observer.sent(taken);
      this.#drop(taken);
    }
    return "done";
  }

  /**
   * Reads the next part of the file at the front. `done(false)`: it shrank or cannot be read, so
   * the promised length cannot be sent.
   */
  fetch(done: (read: boolean) => void): void {
    const range = this.#queue.shift() as FileRange;
    const { descriptor, start, end, closes } = range;
    this.#chunk ??= Buffer.allocUnsafeSlow(Math.min(end - start, FILE_CHUNK_BYTES));
    const chunk = this.#chunk;
    readFile(descriptor, chunk, 0, Math.min(end - start, chunk.length), start, (error, length) => {
      const isRead = error === null && length > 0 && !this.#disposed;
      if (!isRead || start + length === end) closeFiles([range]);
      else this.#queue.unshift({ descriptor, start: start + length, end, closes });
      if (isRead) this.#queue.unshift(chunk.subarray(0, length));
      done(isRead);
    });
  }

  /** Sends from the file at the front itself, and waits for the disk. */
  sendFile(): Progress {
    const range = this.#queue[0] as FileRange;
    offset.bytes.writeBigInt64LE(BigInt(range.start));
    const length = Math.min(range.end - range.start, SHARE_BYTES);
    const taken = libc.sendfile(this.#descriptor, range.descriptor, offset.pointer, length);
    if (taken < 0 && libc.shouldTryLater()) return "room";
    // It shrank, so the promised length cannot be sent.
    if (taken <= 0) return "failed";
    this.sent += taken;
    this.waiting -= taken;
    this.#observer.sent(taken);
    if (taken === range.end - range.start) closeFiles([this.#queue.shift() as FileRange]);
    else this.#queue[0] = { ...range, start: range.start + taken };
    return "turn";
  }

  /** Closes the files that were not sent. */
  dispose(): void {
    this.#disposed = true;
    closeFiles(this.#queue);
    this.#queue.length = 0;
  }

  #write(first: Buffer): number {
    const queue = this.#queue;
    const pieces = this.#areJoined ? queue.length : 1;
    if (pieces === 1 || first.length >= COPIED_TOGETHER_BYTES) {
      const from = this.#memoryFiles.descriptorOf(first);
      if (from !== -1) return sendWhole(this.#descriptor, from, first.length);
    }
    if (first.length >= COPIED_TOGETHER_BYTES || (pieces === 1 && first.length > ALONE_BYTES))
      return libc.write(this.#descriptor, libc.pointerTo(first), first.length);
    let length = 0;
    for (let index = 0; index < pieces; index++) {
      const piece = queue[index] as Piece;
      const room = COPIED_TOGETHER_BYTES - length;
      // A client woken by the head of a large content alone would take the rest in smaller pieces.
      if (!Buffer.isBuffer(piece) || (piece.length > room && piece.length < LARGE_BYTES)) break;
      length += piece.copy(output.bytes, length, 0, room);
      if (piece.length > room) break;
    }
    return libc.write(this.#descriptor, output.pointer, length);
  }

  /** Removes what was sent from the queue. */
  #drop(octets: number): void {
    const queue = this.#queue;
    if (this.waiting === 0) {
      // pop() keeps the array's memory for what comes next.
      while (queue.length > 0) queue.pop();
      return;
    }
    for (let rest = octets; rest > 0; ) {
      const first = queue[0] as Piece;
      const length = pieceLength(first);
      if (rest < length) {
        queue[0] = (first as Buffer).subarray(rest);
        return;
      }
      rest -= length;
      queue.shift();
    }
  }
}

function sendWhole(descriptor: number, from: number, length: number): number {
  offsetWords[0] = 0;
  offsetWords[1] = 0;
  return libc.sendfile(descriptor, from, offset.pointer, length);
}
