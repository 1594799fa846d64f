// One TCP connection: opened for a request, used for one or more, also pipelined, and left. It
// takes the times of its requests and watches over their deadlines.

import type { FailureKind } from "../../lib/contract/load/load.ts";
import type { Destination, Dialled, Dialler, DialUser } from "../../lib/sockets/dial.ts";
import { AnswerError, type AnswerReader } from "./answer-reader.ts";
import type { Limited } from "./deadlines.ts";
import type { Carrier, Exchange, Failure } from "./exchange.ts";

/** How long a connection that was left may take to close before it is closed from here. */
const CLOSING_MILLIS = 5_000;

const UNASKED = "octets came without a request";

const KIND_BY_CODE: Readonly<Record<string, FailureKind>> = {
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timeout",
  EADDRNOTAVAIL: "local",
  EADDRINUSE: "local",
  EMFILE: "local",
  ENFILE: "local",
  ENOBUFS: "local",
};

/** Receives the events of connections besides those of their requests. */
export interface ConnectionObserver {
  /** Reads the answers of a connection. */
  reader(): AnswerReader;
  opened(connection: ClientConnection, atMillis: number): void;
  received(bytes: number, atMillis: number): void;
  /** The server ended it, this long after the last byte of the last response. */
  closed(connection: ClientConnection, closeMillis: number): void;
  /** Octets came for which no request waits. */
  unasked(message: string, atMillis: number): void;
  /** It has this time limit now. */
  limited(limitMillis: number): void;
  /** It no longer exists. The last call. */
  gone(connection: ClientConnection): void;
}

export class ClientConnection implements Carrier, DialUser, Limited {
  /** Requests so far. */
  requests = 0;
  /** When it began to be opened, and how long that took; NaN: it is not open yet. */
  readonly beganMillis: number;
  connectMillis = Number.NaN;
  /** The intended start of the first request, which decides whether the connection counts. */
  intendedMillis = Number.NaN;
  /**
   * Whether another request may be sent: the last response allowed it, and the server has not ended
   * the connection since.
   */
  usable = true;
  limitMillis = Number.POSITIVE_INFINITY;
  readonly #dialler: Dialler;
  readonly #socket: Dialled;
  readonly #observer: ConnectionObserver;
  /** Requests whose responses have not fully arrived, in the order of sending. */
  readonly #pending: Exchange[] = [];
  readonly #reader: AnswerReader;
  #lastByteMillis = Number.NaN;
  #hasLeft = false;
  #isEnding = false;
  #isGone = false;

  constructor(dialler: Dialler, to: Destination, observer: ConnectionObserver) {
    this.#dialler = dialler;
    this.beganMillis = dialler.now();
    this.#observer = observer;
    this.#reader = observer.reader();
    this.#socket = dialler.connect(to, this);
  }

  get waiting(): number {
    return this.#pending.length;
  }

  /** Sends a request after earlier ones. */
  send(exchange: Exchange): void {
    this.requests += 1;
    if (this.requests === 1) this.intendedMillis = exchange.intendedMillis;
    if (this.#pending.push(exchange) === 1) this.#expect(exchange);
    if (!Number.isNaN(this.connectMillis)) exchange.sentMillis = this.#dialler.now();
    this.#socket.send(exchange.asked.message);
    if (exchange.deadlineMillis < this.limitMillis) this.#limit(exchange.deadlineMillis);
  }

  together(work: () => void): void {
    this.#socket.together(work);
  }

  /** Leaves it to close in an orderly way: the server sees an end, or makes one. */
  leave(leaving: "close" | "server", lingerMillis = 0): void {
    if (this.#hasLeft || this.#isGone) return;
    this.#hasLeft = true;
    // The server has said that it will close: the deadline of the last request bounds the wait.
    if (!this.usable) return;
    this.usable = false;
    if (leaving === "server") this.limitMillis = Number.POSITIVE_INFINITY;
    else if (lingerMillis > 0) this.#limit(this.#dialler.now() + lingerMillis);
    else this.#end();
  }

  /** Closes it at once; requests under way fail. */
  fail(kind: FailureKind, message: string): void {
    if (this.#isGone) return;
    const hasBegun = this.#pending.length > 0 && this.#reader.begun;
    const atMillis = this.#dialler.now();
    const failing = this.#pending.splice(0);
    this.#destroy();
    for (const [index, exchange] of failing.entries()) {
      // Those behind one that timed out lose their connection by it.
      const own = index > 0 && kind === "timeout" ? "short" : kind;
      exchange.owner.failed(exchange, failureOf(own, message, index > 0 || !hasBegun), atMillis);
    }
    this.#observer.gone(this);
  }

  /** A request has had its time, or the connection to close. */
  expire(nowMillis: number): void {
    const exchange = this.#pending[0];
    if (exchange === undefined) {
      if (this.#isEnding) this.fail("other", "the server did not close");
      else if (this.#hasLeft) this.#end();
      else this.limitMillis = Number.POSITIVE_INFINITY;
    } else if (exchange.deadlineMillis > nowMillis) this.#limit(exchange.deadlineMillis);
    else this.fail("timeout", "no whole response in time");
  }

  connected(atMillis: number): void {
    this.connectMillis = atMillis - this.beganMillis;
    for (const exchange of this.#pending) exchange.sentMillis = atMillis;
    this.#observer.opened(this, atMillis);
  }

  received(octets: Buffer, length: number): void {
    const nowMillis = this.#dialler.now();
    let at = 0;
    let bodyBytes = 0;
    while (at < length && !this.#isGone) {
      const exchange = this.#pending[0];
      if (exchange === undefined) {
        this.#observer.unasked(UNASKED, nowMillis);
        this.fail("malformed", UNASKED);
        break;
      }
      const reader = this.#reader;
      const before = reader.bodyBytes;
      try {
        at = this.#feed(exchange, octets, at, length, nowMillis);
      } catch (error) {
        this.#refuse(error);
        break;
      }
      bodyBytes += reader.bodyBytes - before;
      if (reader.complete) this.#answer(exchange, reader.persistent, nowMillis);
    }
    if (bodyBytes > 0) this.#observer.received(bodyBytes, nowMillis);
  }

  ended(): void {
    this.usable = false;
    const nowMillis = this.#dialler.now();
    const exchange = this.#pending[0];
    if (exchange !== undefined) {
      try {
        this.#reader.end();
      } catch (error) {
        this.#refuse(error);
        return;
      }
      this.#answer(exchange, false, nowMillis);
    }
    if (this.#isGone) return;
    if (!Number.isNaN(this.#lastByteMillis)) this.#observer.closed(this, nowMillis - this.#lastByteMillis);
    if (this.#pending.length > 0) {
      this.fail("short", "the connection was closed");
      return;
    }
    this.#destroy();
    this.#observer.gone(this);
  }

  broken(code: string): void {
    this.fail(KIND_BY_CODE[code] ?? "other", messageOf(code));
  }

  #feed(exchange: Exchange, octets: Buffer, at: number, length: number, nowMillis: number): number {
    const reader = this.#reader;
    if (Number.isNaN(exchange.firstByteMillis)) exchange.firstByteMillis = nowMillis;
    const { interims } = reader;
    const taken = reader.feed(octets, at, length);
    // An interim response is not the answer: the clock goes on until that begins.
    if (reader.interims > interims) exchange.firstByteMillis = reader.begun ? nowMillis : Number.NaN;
    return taken;
  }

  #answer(exchange: Exchange, usable: boolean, nowMillis: number): void {
    const reader = this.#reader;
    takeFirst(this.#pending);
    this.usable = usable && !this.#hasLeft;
    this.#lastByteMillis = nowMillis;
    exchange.status = reader.status;
    exchange.bodyBytes = reader.bodyBytes;
    const next = this.#pending[0];
    if (next !== undefined) this.#expect(next);
    exchange.owner.answered(exchange, this, nowMillis);
    // The server will answer no more.
    if (!usable && this.#pending.length > 0) this.fail("short", "the server closed before it answered");
  }

  #expect(exchange: Exchange): void {
    this.#reader.begin(exchange.isHead, exchange.takeBody, exchange.asked.message.bytes);
  }

  #refuse(error: unknown): void {
    if (!(error instanceof AnswerError)) throw error;
    this.fail(error.kind, error.message);
  }

  #limit(limitMillis: number): void {
    this.limitMillis = limitMillis;
    this.#observer.limited(limitMillis);
  }

  #end(): void {
    this.#isEnding = true;
    this.#socket.end();
    this.#limit(this.#dialler.now() + CLOSING_MILLIS);
  }

  #destroy(): void {
    this.#isGone = true;
    this.usable = false;
    this.#socket.destroy();
  }
}

/** Array.shift() costs more than all else of a request that is alone. */
function takeFirst(pending: Exchange[]): void {
  if (pending.length === 1) pending.pop();
  else pending.shift();
}

function failureOf(kind: FailureKind, message: string, isUntouched: boolean): Failure {
  return { kind, message, isUntouched };
}

function messageOf(code: string): string {
  return `${code}: ${code === "ECONNREFUSED" ? "nothing listens there" : "the connection broke"}`;
}
