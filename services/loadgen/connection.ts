// One TCP connection of a user: opened, used for one or more requests, retired. The only file here that touches sockets.

import { connect, type Socket } from "node:net";
import type { FailureKind } from "../../lib/contract/load/load.ts";
import { ResponseError, ResponseReader } from "./http/response.ts";

export interface Endpoint {
  address: string;
  port: number;
  /** Address to send from; null leaves the choice to the kernel. */
  localAddress: string | null;
}

/** Times of one exchange, from the sending of the request. */
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

/** How long a connection that is done with may take to close before it is reset. */
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

interface Pending {
  reader: ResponseReader;
  sentAtMillis: number;
  firstByteMillis: number | null;
  onBody: (bytes: number) => void;
  resolve: (exchange: Exchange) => void;
}

export class Connection {
  /** Milliseconds of the TCP handshake; rejects with LoadFailure. */
  readonly opened: Promise<number>;
  readonly #socket: Socket;
  #pending: Pending | null = null;
  #fail: (failure: LoadFailure) => void;
  #usable = true;

  constructor({ address, port, localAddress }: Endpoint) {
    const startedAtMillis = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.opened = promise;
    this.#fail = reject;
    const local = localAddress === null ? {} : { localAddress };
    this.#socket = connect({ host: address, port, family: 4, noDelay: true, ...local })
      .on("connect", () => resolve(performance.now() - startedAtMillis))
      .on("data", (bytes: Buffer) => this.#take(bytes))
      .on("end", () => this.#ended())
      .on("error", (error) => this.fail(asFailure(error)))
      .on("close", () => this.fail(new LoadFailure("short", "the connection was closed")));
  }

  /** Whether another request may be sent: the last response allowed it, and the server has not ended the connection since. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Sends a request and reads its response; rejects with LoadFailure. `onBody` is told of body bytes as they arrive. */
  exchange(request: Buffer, onBody: (bytes: number) => void): Promise<Exchange> {
    const { promise, resolve, reject } = Promise.withResolvers<Exchange>();
    this.#fail = reject;
    const sentAtMillis = performance.now();
    this.#pending = { reader: new ResponseReader(), sentAtMillis, firstByteMillis: null, onBody, resolve };
    this.#socket.write(request);
    return promise;
  }

  /** Closes in order: the server sees an end, not a reset. */
  retire(): void {
    this.#usable = false;
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), CLOSING_MILLIS);
    timer.unref();
    this.#socket.once("close", () => clearTimeout(timer));
  }

  /** Breaks the connection off; what is under way rejects with `failure`. */
  fail(failure: LoadFailure): void {
    this.#usable = false;
    this.#pending = null;
    this.#fail(failure);
    this.#socket.destroy();
  }

  #take(bytes: Uint8Array): void {
    const pending = this.#pending;
    if (pending === null) {
      this.#usable = false;
      return;
    }
    const { reader } = pending;
    const sinceMillis = performance.now() - pending.sentAtMillis;
    pending.firstByteMillis ??= sinceMillis;
    const [before, interims] = [reader.bodyBytes, reader.interims];
    let used: number;
    try {
      used = reader.feed(bytes);
    } catch (error) {
      this.fail(asFailure(error));
      return;
    }
    // An interim response is not the answer: the clock goes on until that begins.
    if (reader.interims > interims) pending.firstByteMillis = reader.begun ? sinceMillis : null;
    if (reader.bodyBytes > before) pending.onBody(reader.bodyBytes - before);
    if (reader.complete) this.#complete(pending, reader.persistent && used === bytes.length);
  }

  #ended(): void {
    this.#usable = false;
    if (this.#pending === null) return;
    try {
      this.#pending.reader.end();
    } catch (error) {
      this.fail(asFailure(error));
      return;
    }
    this.#complete(this.#pending, false);
  }

  #complete(pending: Pending, usable: boolean): void {
    this.#pending = null;
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
