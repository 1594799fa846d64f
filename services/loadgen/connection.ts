// One TCP connection of a user: opened, used for one or more requests, also pipelined, and retired.
// The only file here that touches sockets.

import { connect, type Socket } from "node:net";
import type { FailureKind } from "../../lib/contract/load/load.ts";
import { ResponseError, ResponseReader } from "./http/response.ts";

export interface Endpoint {
  address: string;
  port: number;
  /** Address to send from; null: the kernel chooses. */
  localAddress: string | null;
}

/** Times of one exchange, from sending the request. */
export interface Exchange {
  status: number;
  /** Of the final response. */
  firstByteMillis: number;
  transferMillis: number;
}

/** Why a request could not be completed. */
export class LoadFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** How long a finished connection may take to close before it is reset. */
const CLOSING_MILLIS = 5_000;

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

/** Receives the body of a response as it arrives. */
export type TakeBody = (piece: Uint8Array) => void;

interface Pending {
  reader: ResponseReader;
  sentAtMillis: number;
  firstByteMillis: number | null;
  resolve: (exchange: Exchange) => void;
  reject: (failure: LoadFailure) => void;
}

export class Connection {
  /** Milliseconds of the TCP handshake; rejects with LoadFailure. */
  readonly opened: Promise<number>;
  readonly #socket: Socket;
  /**
   * Requests whose responses have not fully arrived, in the order of sending; several in a
   * pipeline.
   */
  readonly #pending: Pending[] = [];
  readonly #failOpening: (failure: LoadFailure) => void;
  #usable = true;

  constructor({ address, port, localAddress }: Endpoint) {
    const startedAtMillis = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.opened = promise;
    this.#failOpening = reject;
    const local = localAddress === null ? {} : { localAddress };
    this.#socket = connect({ host: address, port, family: 4, noDelay: true, ...local })
      .on("connect", () => resolve(performance.now() - startedAtMillis))
      .on("data", (bytes: Buffer) => this.#take(bytes))
      .on("end", () => this.#ended())
      .on("error", (error) => this.fail(asFailure(error)))
      .on("close", () => this.fail(new LoadFailure("short", "the connection was closed")));
  }

  /**
   * Whether another request may be sent: the last response allowed it, and the server has not ended
   * the connection since.
   */
  get usable(): boolean {
    return this.#usable;
  }

  /**
   * Sends a request and reads its response, after those of earlier requests. Rejects with
   * LoadFailure. Requests of one turn of the event loop leave together.
   */
  exchange(request: Buffer, takeBody: TakeBody): Promise<Exchange> {
    const { promise, resolve, reject } = Promise.withResolvers<Exchange>();
    const reader = new ResponseReader(takeBody);
    this.#pending.push({ reader, sentAtMillis: performance.now(), firstByteMillis: null, resolve, reject });
    this.#socket.cork();
    this.#socket.write(request);
    process.nextTick(() => this.#socket.uncork());
    return promise;
  }

  /** Closes in an orderly way: the server sees an end, not a reset. */
  retire(): void {
    this.#usable = false;
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), CLOSING_MILLIS);
    timer.unref();
    this.#socket.once("close", () => clearTimeout(timer));
  }

  /** Aborts the connection; requests under way reject with `failure`. */
  fail(failure: LoadFailure): void {
    this.#usable = false;
    this.#failOpening(failure);
    for (const { reject } of this.#pending.splice(0)) reject(failure);
    this.#socket.destroy();
  }

  #take(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const [pending] = this.#pending;
      if (pending === undefined) {
        // Data without a request.
        this.#usable = false;
        return;
      }
      try {
        at += this.#feed(pending, bytes.subarray(at));
      } catch (error) {
        this.fail(asFailure(error));
        return;
      }
      if (pending.reader.complete) this.#complete(pending, pending.reader.persistent);
    }
  }

  #feed(pending: Pending, bytes: Uint8Array): number {
    const { reader } = pending;
    const sinceMillis = performance.now() - pending.sentAtMillis;
    pending.firstByteMillis ??= sinceMillis;
    const { interims } = reader;
    const used = reader.feed(bytes);
    // An interim response is not the answer: the clock goes on until that begins.
    if (reader.interims > interims) pending.firstByteMillis = reader.begun ? sinceMillis : null;
    return used;
  }

  #ended(): void {
    this.#usable = false;
    const [pending] = this.#pending;
    if (pending === undefined) return;
    try {
      pending.reader.end();
    } catch (error) {
      this.fail(asFailure(error));
      return;
    }
    this.#complete(pending, false);
  }

  #complete(pending: Pending, usable: boolean): void {
    this.#pending.shift();
    this.#usable = usable;
    pending.resolve({
      status: pending.reader.head?.status ?? 0,
      firstByteMillis: pending.firstByteMillis ?? 0,
      transferMillis: performance.now() - pending.sentAtMillis,
    });
  }
}

function asFailure(error: unknown): LoadFailure {
  if (error instanceof ResponseError) return new LoadFailure(error.kind, error.message);
  const { code = "", message } = error as NodeJS.ErrnoException;
  return new LoadFailure(KIND_BY_CODE[code] ?? "other", message);
}
