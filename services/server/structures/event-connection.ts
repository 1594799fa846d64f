// A socket on an event loop, driving http/connection.ts: octets in, requests to the site, pieces out, then half-close and drain.

import type { Socket } from "node:net";
import type { Client } from "../access/evaluate.ts";
import type { AccessLog } from "../access-log.ts";
import { add, type Counters, countOperation, countRequest, countStatus, sizeClass } from "../counters.ts";
import type { Site } from "../files/site.ts";
import { Connection } from "../http/connection.ts";
import type { ParserLimits } from "../http/limits.ts";
import { type HttpVersion, pieceLength, type Request, type Response } from "../http/message.ts";
import { answerLater } from "./answer-later.ts";
import { closeFiles, Sender } from "./sender.ts";
import { type Spent, sumByName, withServerTiming } from "./server-timing.ts";
import type { Timeouts } from "./structure.ts";

/** What the connections of a loop share. */
export interface EventLoop {
  site: Site;
  limits: ParserLimits;
  version: HttpVersion;
  timeouts: Timeouts;
  counters: Counters;
  connections: Set<EventConnection>;
  accessLog: AccessLog | null;
  serverTiming: boolean;
}

type Phase = Connection["phase"] | "answer" | "linger";

/** Above this, a client that reads slowly gets no further answers made, and is not read from. */
const OUTBOX_LIMIT_BYTES = 262_144;
/** Above this, a client that sends ahead of its answers is not read from. */
const AHEAD_LIMIT_OCTETS = 65_536;
/** How much a client may still send after our close. */
const LINGER_LIMIT_OCTETS = 1_048_576;

export class EventConnection {
  #loop: EventLoop;
  #socket: Socket;
  #http: Connection;
  #sender: Sender;
  #client: Client;
  #phase: Phase = "idle";
  /** When the phase began, and when the clock was last read, on the clock of performance.now(). */
  #since = performance.now();
  #lastLook = this.#since;
  #answering = false;
  #lingerOctets = 0;

  constructor(loop: EventLoop, socket: Socket) {
    this.#loop = loop;
    this.#socket = socket;
    this.#client = new SocketClient(socket);
    // Once asked for, it is known even when the client has gone.
    if (loop.accessLog !== null) this.#client.address;
    this.#http = new Connection(Date.now, loop.limits, loop.version);
    this.#http.onRefusal = (status) => {
      countStatus(loop.counters, "other", status);
      loop.accessLog?.record(this.#client.address, null, status, 0);
    };
    this.#sender = new Sender(socket, loop.counters, loop.timeouts.writeMillis, () => {
      this.#lap();
      this.#pump();
    });
    add(loop.counters, "openConnections", 1);
    socket.on("data", (octets) => this.#receive(octets as Buffer));
    socket.on("end", () => this.#clientEnded());
    socket.on("error", () => add(loop.counters, "droppedByClient", 1));
    socket.on("close", () => this.#closed());
  }

  get isIdle(): boolean {
    return this.#phase === "idle";
  }

  /** The answers under way are the last; an idle connection closes now. */
  drain(): void {
    this.#http.draining = true;
    if (this.isIdle) this.#finish();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Ends what has lasted too long. Waiting for the disk is not the client's fault, and waiting for a slow reader is Sender's matter. */
  checkTime(now: number, idleMillis: number): void {
    const { headMillis, contentMillis, lingerMillis } = this.#loop.timeouts;
    const lasted = now - this.#since;
    if (this.#phase === "idle" && lasted > idleMillis) this.#timeOut(() => this.#finish());
    else if (this.#phase === "head" && lasted > headMillis) this.#timeOut(() => this.#refuseSlow("head"));
    else if (this.#phase === "content" && lasted > contentMillis) this.#timeOut(() => this.#refuseSlow("content"));
    else if (this.#phase === "linger" && lasted > lingerMillis) this.#socket.destroy();
  }

  #receive(octets: Buffer): void {
    add(this.#loop.counters, "receivedBytes", octets.length);
    if (this.#phase === "linger") {
      this.#lingerOctets += octets.length;
      if (this.#lingerOctets > LINGER_LIMIT_OCTETS) this.#socket.destroy();
      return;
    }
    this.#lap();
    if (this.#phase === "idle") {
      countOperation(this.#loop.counters, "idle", 0, this.#lastLook - this.#since);
      this.#since = this.#lastLook;
    }
    this.#http.receive(octets);
    if (!this.#answering && !this.#sender.busy) this.#pump();
    else if (this.#http.pendingOctets > AHEAD_LIMIT_OCTETS) this.#socket.pause();
  }

  #clientEnded(): void {
    this.#http.clientEnded();
    if (this.#phase === "linger") this.destroy();
    else if (!this.#answering && !this.#sender.busy) this.#pump();
  }

  /** Answers as many requests as have come and sends the answers together, until the client or the disk must be waited for. */
  #pump(): void {
    const http = this.#http;
    let request: Request | undefined;
    do {
      request = undefined;
      while (http.outboxBytes < OUTBOX_LIMIT_BYTES && !this.#answering) {
        request = this.#answerNext();
        if (request === undefined) break;
      }
      this.#flush();
    } while (request !== undefined && !this.#answering && !this.#sender.busy);
    this.#settle();
  }

  /** Milliseconds since the clock was last read. One look ends one operation and begins the next, so few are needed. */
  #lap(): number {
    const before = this.#lastLook;
    this.#lastLook = performance.now();
    return this.#lastLook - before;
  }

  /** Takes the next request and answers it, now or later. */
  #answerNext(): Request | undefined {
    const { site, counters, serverTiming } = this.#loop;
    const began = this.#lastLook;
    const request = this.#http.next();
    if (request === undefined) return undefined;
    const parse = this.#lap();
    if (this.#phase === "head" || this.#phase === "content") countOperation(counters, "read", 0, began - this.#since);
    this.#phase = "answer";
    const response = site.respondNow(request, this.#client, Date.now());
    if (response === undefined) {
      this.#answerLater(request, began, parse);
      return request;
    }
    const resolve = this.#lap();
    const size = this.#answer(request, response, parse + resolve, serverTiming ? { parse, resolve } : null);
    countOperation(counters, "parse", size, parse);
    countOperation(counters, "resolve", size, resolve);
    return request;
  }

  /** Gives the size class of the answer. `spent` is told to the client, where it is given. */
  #answer(request: Request, response: Response, millis: number, spent: Spent | null): number {
    let bytes = 0;
    for (const piece of response.content) bytes += pieceLength(piece);
    const size = sizeClass(bytes);
    this.#http.answer(request, spent === null ? response : withServerTiming(response, spent));
    countRequest(this.#loop.counters, request.method, response.status, size, millis);
    this.#loop.accessLog?.record(this.#client.address, request, response.status, request.method === "HEAD" ? 0 : bytes);
    return size;
  }

  #answerLater(request: Request, began: number, parse: number): void {
    this.#answering = true;
    answerLater(this.#loop.site, request, this.#client, (response, timed) => {
      this.#answering = false;
      if (this.#socket.destroyed) {
        closeFiles(response.content);
        return;
      }
      const { serverTiming, counters } = this.#loop;
      this.#lap();
      const spent = serverTiming ? { parse, ...sumByName(timed) } : null;
      const size = this.#answer(request, response, this.#lastLook - began, spent);
      countOperation(counters, "parse", size, parse);
      for (const [name, millis] of timed) countOperation(counters, name, size, millis);
      this.#pump();
    });
  }

  #flush(): void {
    if (this.#http.outbox.length === 0) return;
    const bytes = this.#http.outboxBytes;
    this.#sender.send(this.#http.takeOutput());
    const write = this.#lap();
    if (!this.#sender.busy) countOperation(this.#loop.counters, "write", sizeClass(bytes), write);
  }

  /** After a round of work: what is waited for now. */
  #settle(): void {
    if (this.#answering || this.#sender.busy) {
      this.#phase = "answer";
      return;
    }
    if (this.#http.finished) {
      this.#finish();
      return;
    }
    const { phase } = this.#http;
    if (phase !== this.#phase) {
      // The first octet of a head after idleness was timed when it came.
      if (this.#phase !== "idle" || phase !== "head") this.#since = this.#lastLook;
      this.#phase = phase;
    }
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  #timeOut(end: () => void): void {
    add(this.#loop.counters, "timeouts", 1);
    end();
  }

  #refuseSlow(what: string): void {
    this.#http.refuse(408, `the ${what} took too long`);
    this.#pump();
  }

  /** Closes our half, then reads on until the client closes its own: closing at once would reset the connection and might erase what the client has not read yet (RFC 9112 section 9.6). */
  #finish(): void {
    if (this.#phase === "linger") return;
    this.#phase = "linger";
    this.#since = performance.now();
    this.#http.finished = true;
    this.#socket.end();
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  #closed(): void {
    const { counters, connections } = this.#loop;
    if (this.#phase === "linger") countOperation(counters, "close", 0, performance.now() - this.#since);
    this.#sender.dispose();
    connections.delete(this);
    add(counters, "openConnections", -1);
  }
}

/** The client's and our address, asked of the kernel only when a rule or the log wants them: each costs a system call. */
class SocketClient implements Client {
  #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get address(): string {
    return plainAddress(this.#socket.remoteAddress);
  }

  get serverAddress(): string {
    return plainAddress(this.#socket.localAddress);
  }
}

/** An IPv4 address that a socket for both families gives as mapped into IPv6, in its own form. */
function plainAddress(address = ""): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}
