// A connection on an event loop, driving http/connection.ts: octets in, requests to the site, pieces out, then half-close and drain.

import type { AccessLog } from "../access-log.ts";
import { add, type Counters, countOperation, countRequest, countStatus, sizeClass } from "../counters.ts";
import type { Site } from "../files/site.ts";
import { Connection } from "../http/connection.ts";
import type { ParserLimits } from "../http/limits.ts";
import { type HttpVersion, pieceLength, type Request, type Response } from "../http/message.ts";
import { closeFiles } from "../sockets/pieces.ts";
import type { ServerSocket, SocketUser } from "../sockets/socket.ts";
import { answerLater } from "./answer-later.ts";
import type { Clock } from "./clock.ts";
import { type Spent, sumByName, withServerTiming } from "./server-timing.ts";
import type { Timeouts } from "./structure.ts";

/** What the connections of a loop share. */
export interface EventLoop {
  site: Site;
  limits: ParserLimits;
  version: HttpVersion;
  timeouts: Timeouts;
  counters: Counters;
  clock: Clock;
  connections: Set<EventConnection>;
  accessLog: AccessLog | null;
  serverTiming: boolean;
  /** Closes connections that nobody uses, for want of descriptors; whether there were any. */
  makeRoom(): boolean;
}

type Phase = Connection["phase"] | "answer" | "linger";

/** Above this, a client that reads slowly gets no further answers made, and is not read from. */
const OUTBOX_LIMIT_BYTES = 262_144;
/** Above this, a client that sends ahead of its answers is not read from. */
const AHEAD_LIMIT_OCTETS = 65_536;
/** How much a client may still send after our close. */
const LINGER_LIMIT_OCTETS = 1_048_576;

export class EventConnection implements SocketUser {
  #loop: EventLoop;
  #socket: ServerSocket;
  #http: Connection;
  #phase: Phase = "idle";
  #clock: Clock;
  /** When the phase began. */
  #since: number;
  #answering = false;
  #lingerOctets = 0;
  /** It was closed for being idle: no answer can be on its way that a reset would erase. */
  #timedOutIdle = false;

  constructor(loop: EventLoop, socket: ServerSocket) {
    this.#loop = loop;
    this.#socket = socket;
    this.#clock = loop.clock;
    this.#since = loop.clock.last;
    // Once asked for, it is known even when the client has gone.
    if (loop.accessLog !== null) socket.address;
    this.#http = new Connection(loop.clock.wallMillis, loop.limits, loop.version);
    this.#http.onRefusal = (status) => {
      countStatus(loop.counters, "other", status);
      loop.accessLog?.record(this.#socket.address, null, status, 0);
    };
    add(loop.counters, "openConnections", 1);
  }

  get isIdle(): boolean {
    return this.#phase === "idle" && !this.#socket.busy;
  }

  /** The answers under way are the last; an idle connection closes now. */
  drain(): void {
    this.#http.draining = true;
    if (this.isIdle) this.#finish();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /**
   * Closes at once, without the drain, where nobody waits for anything: idle for longer than that, or closed for it before.
   * Says whether it did.
   */
  giveWay(now: number, idleMillis: number): boolean {
    const isIdle = this.isIdle && now - this.#since > idleMillis;
    if ((!isIdle && !this.#timedOutIdle) || this.#socket.unsent) return false;
    if (isIdle) add(this.#loop.counters, "timeouts", 1);
    this.destroy();
    return true;
  }

  /** Ends what has lasted too long. Waiting for the disk is not the client's fault, and waiting for a slow reader is the socket's matter. */
  checkTime(now: number, idleMillis: number): void {
    if (this.#socket.unsent) this.#since = now;
    const { headMillis, contentMillis, lingerMillis } = this.#loop.timeouts;
    const lasted = now - this.#since;
    if (this.#phase === "idle" && lasted > idleMillis) this.#timeOut(() => this.#finishIdle());
    else if (this.#phase === "head" && lasted > headMillis) this.#timeOut(() => this.#refuseSlow("head"));
    else if (this.#phase === "content" && lasted > contentMillis) this.#timeOut(() => this.#refuseSlow("content"));
    else if (this.#phase === "linger" && lasted > lingerMillis) this.#socket.destroy();
  }

  received(octets: Buffer, length: number): void {
    add(this.#loop.counters, "receivedBytes", length);
    if (this.#phase === "linger") {
      if (!this.#socket.unsent) this.#lingerOctets += length;
      if (this.#lingerOctets > LINGER_LIMIT_OCTETS) this.#socket.destroy();
      return;
    }
    this.#clock.lap();
    if (this.#phase === "idle") {
      countOperation(this.#loop.counters, "idle", 0, this.#clock.last - this.#since);
      this.#since = this.#clock.last;
    }
    this.#http.receive(octets, length);
    if (!this.#answering && !this.#socket.busy) this.#pump();
    else if (this.#http.pendingOctets > AHEAD_LIMIT_OCTETS) this.#socket.pause();
  }

  ended(): void {
    this.#http.clientEnded();
    if (!this.#answering && !this.#socket.busy) this.#pump();
  }

  taken(bytes: number): void {
    countOperation(this.#loop.counters, "write", sizeClass(bytes), this.#clock.lap());
  }

  free(): void {
    this.#clock.lap();
    this.#pump();
  }

  closed(): void {
    const { counters, connections } = this.#loop;
    if (this.#phase === "linger") {
      this.#clock.lap();
      countOperation(counters, "close", 0, this.#clock.last - this.#since);
    }
    connections.delete(this);
    add(counters, "openConnections", -1);
  }

  /** Answers all requests that have come and sends the answers together, until the client or the disk must be waited for. */
  #pump(): void {
    const http = this.#http;
    let mayBeMore = true;
    do {
      while (mayBeMore && !this.#answering && http.outboxBytes < OUTBOX_LIMIT_BYTES) mayBeMore = this.#answerNext();
      this.#flush();
    } while (mayBeMore && !this.#answering && !this.#socket.busy);
    this.#settle();
  }

  /** Takes the next request and answers it, now or later; false where no whole one has come. */
  #answerNext(): boolean {
    const { site, counters, serverTiming } = this.#loop;
    const began = this.#clock.last;
    const request = this.#http.next();
    if (request === undefined) return false;
    const parse = this.#clock.lap();
    if (this.#phase === "head" || this.#phase === "content") countOperation(counters, "read", 0, began - this.#since);
    this.#phase = "answer";
    const response = site.respondNow(request, this.#socket, this.#clock.wallMillis());
    if (response === undefined) {
      this.#answerLater(request, began, parse);
      return true;
    }
    const resolve = this.#clock.lap();
    const size = this.#answer(request, response, parse + resolve, serverTiming ? { parse, resolve } : null);
    countOperation(counters, "parse", size, parse);
    countOperation(counters, "resolve", size, resolve);
    return true;
  }

  /** Gives the size class of the answer. `spent` is told to the client, where it is given. */
  #answer(request: Request, response: Response, millis: number, spent: Spent | null): number {
    let bytes = 0;
    for (const piece of response.content) bytes += pieceLength(piece);
    const size = sizeClass(bytes);
    this.#http.answer(request, spent === null ? response : withServerTiming(response, spent));
    countRequest(this.#loop.counters, request.method, response.status, size, millis);
    this.#loop.accessLog?.record(this.#socket.address, request, response.status, request.method === "HEAD" ? 0 : bytes);
    return size;
  }

  #answerLater(request: Request, began: number, parse: number): void {
    this.#answering = true;
    answerLater(this.#loop, request, this.#socket, (response, timed) => {
      this.#answering = false;
      if (this.#socket.destroyed) {
        closeFiles(response.content);
        return;
      }
      const { serverTiming, counters } = this.#loop;
      this.#clock.lap();
      const spent = serverTiming ? { parse, ...sumByName(timed) } : null;
      const size = this.#answer(request, response, this.#clock.last - began, spent);
      countOperation(counters, "parse", size, parse);
      for (const [name, millis] of timed) countOperation(counters, name, size, millis);
      this.#pump();
    });
  }

  #flush(): void {
    if (this.#http.outbox.length > 0) this.#socket.send(this.#http.takeOutput());
  }

  /** After a round of work: what is waited for now. */
  #settle(): void {
    if (this.#answering || this.#socket.busy) {
      this.#phase = "answer";
      return;
    }
    const { phase, finished, draining } = this.#http;
    if (finished || (draining && phase === "idle")) {
      this.#finish();
      return;
    }
    if (phase !== this.#phase) {
      // The first octet of a head after idleness was timed when it came.
      if (this.#phase !== "idle" || phase !== "head") this.#since = this.#clock.last;
      this.#phase = phase;
    }
    if (this.#socket.paused) this.#socket.resume();
  }

  #timeOut(end: () => void): void {
    add(this.#loop.counters, "timeouts", 1);
    end();
  }

  #refuseSlow(what: string): void {
    this.#http.refuse(408, `the ${what} took too long`);
    this.#pump();
  }

  #finishIdle(): void {
    this.#timedOutIdle = true;
    this.#finish();
  }

  /** Closes our half, then reads on until the client closes its own: closing at once would reset the connection and might erase what the client has not read yet (RFC 9112 section 9.6). */
  #finish(): void {
    if (this.#phase === "linger") return;
    this.#phase = "linger";
    // The client or a time-out may bring this about when nothing else has happened for long.
    this.#clock.lap();
    this.#since = this.#clock.last;
    this.#http.finished = true;
    this.#socket.end();
    if (this.#socket.paused) this.#socket.resume();
  }
}
