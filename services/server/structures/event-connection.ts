// A socket on an event loop, driving http/connection.ts: octets in, requests to the site, pieces out, then half-close and drain.

import { close as closeDescriptor, read as readDescriptor } from "node:fs";
import type { Socket } from "node:net";
import { add, type Counters, countRequest, countStatus } from "../counters.ts";
import { perform } from "../files/operation.ts";
import type { Site } from "../files/site.ts";
import { Connection } from "../http/connection.ts";
import type { ParserLimits } from "../http/limits.ts";
import { type FileRange, type Piece, pieceLength, type Request, type Response } from "../http/message.ts";
import { textResponse } from "../http/status.ts";

/** What the connections of a loop share. */
export interface EventLoop {
  site: Site;
  limits: ParserLimits;
  counters: Counters;
  connections: Set<EventConnection>;
}

/** Above this, a client that reads slowly gets no further answers made, and is not read from. */
const OUTBOX_LIMIT_BYTES = 262_144;
/** Above this, a client that sends ahead of its answers is not read from. */
const AHEAD_LIMIT_OCTETS = 65_536;
const FILE_CHUNK_BYTES = 262_144;
/** How long to wait for the client's close after ours, and for how many octets: closing at once would reset the connection and may erase what the client has not read yet (RFC 9112 section 9.6). */
const LINGER_MILLIS = 2_000;
const LINGER_OCTETS = 1_048_576;

export class EventConnection {
  #loop: EventLoop;
  #socket: Socket;
  #http: Connection;
  /** Waiting for the site's answer, or for pieces to be sent. */
  #answering = false;
  #sending = false;
  #sendQueue: Piece[] = [];
  #lingering = false;
  #lingerOctets = 0;

  constructor(loop: EventLoop, socket: Socket) {
    this.#loop = loop;
    this.#socket = socket;
    this.#http = new Connection(Date.now, loop.limits);
    this.#http.onRefusal = (status) => countStatus(loop.counters, "other", status);
    add(loop.counters, "openConnections", 1);
    socket.on("data", (octets) => this.#receive(octets as Buffer));
    socket.on("end", () => this.#clientEnded());
    socket.on("drain", () => this.#drained());
    socket.on("error", () => add(loop.counters, "droppedByClient", 1));
    socket.on("close", () => this.#closed());
  }

  /** The answers under way are the last; an idle connection closes now. */
  drain(): void {
    this.#http.draining = true;
    if (this.#http.phase === "idle" && !this.#answering && !this.#sending) this.#finish();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(octets: Buffer): void {
    add(this.#loop.counters, "receivedBytes", octets.length);
    if (this.#lingering) {
      this.#lingerOctets += octets.length;
      if (this.#lingerOctets > LINGER_OCTETS) this.#socket.destroy();
      return;
    }
    this.#http.receive(octets);
    if (this.#answering || this.#sending) {
      if (this.#http.pendingOctets > AHEAD_LIMIT_OCTETS) this.#socket.pause();
    } else this.#pump();
  }

  #clientEnded(): void {
    this.#http.clientEnded();
    if (this.#lingering) this.destroy();
    else if (!this.#answering && !this.#sending) this.#pump();
  }

  /** Answers as many requests as have come, sends the answers together, and goes on when these are gone. */
  #pump(): void {
    const http = this.#http;
    const { site, counters } = this.#loop;
    while (!this.#answering && !this.#sending) {
      const began = performance.now();
      const nowMillis = Date.now();
      let request: Request | undefined;
      while (http.outboxBytes < OUTBOX_LIMIT_BYTES) {
        request = http.next();
        if (request === undefined) break;
        const response = site.respondNow(request, nowMillis);
        if (response === undefined) {
          this.#answerLater(request, began);
          break;
        }
        this.#answer(request, response);
        countRequest(counters, request.method, response.status, contentLength(response), performance.now() - began);
      }
      this.#flush();
      if (request === undefined) break;
    }
    if (this.#answering || this.#sending) return;
    if (http.finished) this.#finish();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  #answer(request: Request, response: Response): void {
    this.#http.answer(request, response);
  }

  #answerLater(request: Request, began: number): void {
    this.#answering = true;
    const { site, counters } = this.#loop;
    perform(site.respond(request, Date.now()), () => {})
      .catch(() => textResponse(500, "the server failed to find an answer"))
      .then((response) => {
        this.#answering = false;
        if (this.#socket.destroyed) {
          closeAll(response.content);
          return;
        }
        this.#answer(request, response);
        countRequest(counters, request.method, response.status, contentLength(response), performance.now() - began);
        this.#flush();
        if (!this.#sending) this.#pump();
      });
  }

  /** Hands the output to the socket, as far as it takes it. */
  #flush(): void {
    for (const piece of this.#http.takeOutput()) this.#sendQueue.push(piece);
    this.#sendOn();
  }

  #sendOn(): void {
    while (this.#sendQueue.length > 0 && !this.#sending) {
      const piece = this.#sendQueue.shift() as Piece;
      if (Buffer.isBuffer(piece)) {
        this.#sending = !this.#write(piece);
      } else this.#sendRange(piece);
    }
  }

  /** False: the kernel's buffer is full, and `drained` will be called. */
  #write(octets: Buffer): boolean {
    add(this.#loop.counters, "sentBytes", octets.length);
    return this.#socket.write(octets);
  }

  #drained(): void {
    if (!this.#sending) return;
    this.#sending = false;
    this.#sendOn();
    if (!this.#sending && !this.#answering) this.#pump();
  }

  /** Reads the next chunk of the range, writes it, and puts the rest back to the head of the queue. */
  #sendRange(range: FileRange): void {
    this.#sending = true;
    const { descriptor, start, end } = range;
    const chunk = Buffer.allocUnsafe(Math.min(end - start, FILE_CHUNK_BYTES));
    readDescriptor(descriptor, chunk, 0, chunk.length, start, (error, bytesRead) => {
      if (error !== null || bytesRead === 0 || this.#socket.destroyed) {
        // A file that shrank or cannot be read: the length was promised, so the only honest end is to break off.
        closeAll([range]);
        this.#socket.destroy();
        return;
      }
      const rest = { ...range, start: start + bytesRead };
      if (rest.start < end) this.#sendQueue.unshift(rest);
      else if (range.closes) closeDescriptor(descriptor, () => {});
      this.#sending = !this.#write(chunk.subarray(0, bytesRead));
      if (this.#sending) return;
      this.#sendOn();
      if (!this.#sending && !this.#answering) this.#pump();
    });
  }

  /** Closes our half, then reads on until the client closes its own. */
  #finish(): void {
    if (this.#lingering) return;
    this.#lingering = true;
    this.#http.finished = true;
    this.#socket.end();
    if (this.#socket.readableEnded) return;
    this.#socket.resume();
    this.#socket.setTimeout(LINGER_MILLIS, () => this.#socket.destroy());
  }

  #closed(): void {
    closeAll(this.#sendQueue);
    this.#sendQueue.length = 0;
    this.#loop.connections.delete(this);
    add(this.#loop.counters, "openConnections", -1);
  }
}

function contentLength(response: Response): number {
  let bytes = 0;
  for (const piece of response.content) bytes += pieceLength(piece);
  return bytes;
}

function closeAll(pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    if (!Buffer.isBuffer(piece) && piece.closes) closeDescriptor(piece.descriptor, () => {});
  }
}
