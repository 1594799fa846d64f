// The common part of all requests of a load, or of a thread's part of it: their connections, how a
// request is made and judged, and how all of it is broken off.

import { createHash } from "node:crypto";
import type { LoadSettings } from "../../lib/contract/load/load.ts";
import type { Destination, Dialler } from "../../lib/sockets/dial.ts";
import type { AnswerReader } from "./answer-reader.ts";
import type { Asked, Asking } from "./asked.ts";
import { ClientConnection, type ConnectionObserver } from "./connection.ts";
import { Deadlines, type Limited } from "./deadlines.ts";
import { EchoReader } from "./echo-reader.ts";
import type { Carrier, Exchange, ExchangeOwner, Failure, TakeBody } from "./exchange.ts";
import { ResponseReader } from "./http/response.ts";
import { SeenHead } from "./http/seen-head.ts";
import type { Recorder } from "./recorder.ts";
import { Timetable } from "./timetable.ts";
import type { Window } from "./window.ts";

export class Traffic implements ConnectionObserver {
  readonly settings: LoadSettings;
  readonly window: Window;
  readonly recorder: Recorder;
  readonly asking: Asking;
  readonly timetable: Timetable;
  readonly connections = new Set<ClientConnection>();
  /**
   * Whether requests let their connection carry another: after one that says it closes, by its
   * field or its version, none may follow (RFC 9112 sections 9.3 and 9.6).
   */
  readonly keeps: boolean;
  /** No more requests may begin. */
  isOver = false;
  /** Called when a connection is gone, so that another may take its place. */
  onGone: () => void = () => {};
  /** Called when no more requests may begin. */
  onOver: () => void = () => {};
  readonly #dialler: Dialler;
  readonly #deadlines: Deadlines;
  readonly #destination: Destination;
  /** Exchanges that have ended, to be used again. */
  readonly #spare: Exchange[] = [];
  /** Shared by all connections. */
  readonly #seenHead = new SeenHead();
  readonly #mostRequests: number;
  readonly #isGet: boolean;
  readonly #expected: LoadSettings["expected"];
  #isCut = false;

  constructor(
    settings: LoadSettings,
    window: Window,
    dialler: Dialler,
    destination: Destination,
    recorder: Recorder,
    asking: Asking,
  ) {
    this.settings = settings;
    this.window = window;
    this.recorder = recorder;
    this.asking = asking;
    this.timetable = new Timetable(dialler);
    this.#dialler = dialler;
    this.#deadlines = new Deadlines(dialler, this.connections);
    this.#destination = destination;
    const { connection, httpVersion, requestsPerConnection } = settings;
    this.keeps = connection !== "close" && (httpVersion === "1.1" || connection === "keep-alive");
    this.#mostRequests = this.keeps ? (requestsPerConnection ?? Number.POSITIVE_INFINITY) : 1;
    this.#isGet = settings.method === "GET";
    this.#expected = settings.expected;
  }

  now(): number {
    return this.#dialler.now();
  }

  /** A request that is wanted now, though it should have been at `intendedMillis`. */
  exchange(
    asked: Asked,
    owner: ExchangeOwner,
    intendedMillis: number,
    nowMillis: number,
    takeBody: TakeBody | null = null,
  ): Exchange {
    this.recorder.begun(intendedMillis);
    const exchange = this.#spare.pop() ?? blank(asked, owner);
    exchange.asked = asked;
    exchange.isHead = !this.#isGet;
    exchange.takeBody = takeBody;
    exchange.owner = owner;
    exchange.intendedMillis = intendedMillis;
    exchange.attendedMillis = nowMillis;
    exchange.startedMillis = Number.NaN;
    exchange.sentMillis = Number.NaN;
    exchange.firstByteMillis = Number.NaN;
    exchange.deadlineMillis = intendedMillis + this.settings.timeoutMillis;
    exchange.isRetry = false;
    return exchange;
  }

  /** Sends it on the connection, or on a new one; returns that. */
  start(exchange: Exchange, kept: Carrier | null): Carrier {
    if (!exchange.isRetry) {
      exchange.startedMillis = this.now();
      this.recorder.started(exchange);
    }
    const connection = kept ?? this.#open();
    if (typeof this.#expected?.sha256 === "string" && exchange.takeBody === null) exchange.takeBody = hashing();
    connection.send(exchange);
    return connection;
  }

  /** Whether the connection may carry one more request now, behind those that wait there. */
  hasRoom(connection: Carrier): boolean {
    return this.#mayReuse(connection) && connection.waiting < this.settings.pipeline;
  }

  /** Leaves a connection that can carry no more, once nothing is under way there. */
  release(connection: Carrier): void {
    if (connection.waiting > 0) return;
    if (!this.#mayReuse(connection)) this.leave(connection);
  }

  leave(connection: Carrier): void {
    connection.leave(this.settings.leaving, this.settings.lingerMillis);
  }

  /** Records a whole response, which ends the exchange; returns whether it is what was wanted. */
  judge(exchange: Exchange, nowMillis: number): boolean {
    const { status } = exchange;
    const isSuccess = status === 0 || (status >= 200 && status <= 299);
    const wrong = isSuccess ? this.#wrongIn(exchange) : null;
    if (!isSuccess) this.recorder.failed(exchange, "status", `status ${status}`, status, nowMillis);
    else if (wrong !== null) this.recorder.failed(exchange, "wrong", wrong, status, nowMillis);
    else this.recorder.completed(exchange, nowMillis);
    this.#spare.push(exchange);
    return isSuccess && wrong === null;
  }

  /**
   * Records a failure, which ends the exchange; or returns true if the request may be made once
   * more, after a close that left it without any answer.
   */
  mayRetry(exchange: Exchange, { kind, message, isUntouched }: Failure, nowMillis: number): boolean {
    if (this.#isCut) this.recorder.cut(exchange, nowMillis);
    else if (this.settings.retry && isUntouched && !exchange.isRetry && (kind === "short" || kind === "reset")) {
      exchange.isRetry = true;
      exchange.sentMillis = Number.NaN;
      exchange.firstByteMillis = Number.NaN;
      this.recorder.retried(exchange.intendedMillis);
      return true;
    } else this.recorder.failed(exchange, kind, message, 0, nowMillis);
    this.#spare.push(exchange);
    return false;
  }

  /** Begins no more requests; those under way may finish. */
  cease(): void {
    this.isOver = true;
    this.timetable.clear();
    this.onOver();
  }

  /** Breaks off everything under way, which counts as cut off and not as failed. */
  cut(): void {
    this.#isCut = true;
    this.cease();
    for (const connection of [...this.connections]) connection.fail("other", "cut off");
  }

  reader(): AnswerReader {
    return this.settings.protocol === "echo" ? new EchoReader() : new ResponseReader(this.#seenHead);
  }

  opened(connection: ClientConnection): void {
    this.recorder.opened(connection.intendedMillis, connection.connectMillis);
  }

  received(bytes: number, atMillis: number): void {
    this.recorder.received(bytes, atMillis);
  }

  closed(connection: ClientConnection, closeMillis: number): void {
    this.recorder.closed(connection.intendedMillis, closeMillis);
  }

  /** Watches over the time limits of what is no connection, too: `limited` must have each. */
  watch(limited: Limited): void {
    this.#deadlines.watch(limited);
  }

  limited(limitMillis: number): void {
    this.#deadlines.note(limitMillis);
  }

  unasked(message: string, atMillis: number): void {
    this.recorder.unasked(message, atMillis);
  }

  gone(connection: ClientConnection): void {
    this.connections.delete(connection);
    this.onGone();
  }

  #mayReuse(connection: Carrier): boolean {
    return connection.usable && connection.requests < this.#mostRequests;
  }

  #open(): ClientConnection {
    const connection = new ClientConnection(this.#dialler, this.#destination, this);
    this.connections.add(connection);
    return connection;
  }

  #wrongIn({ asked, bodyBytes, takeBody, isHead }: Exchange): string | null {
    if (asked.bytes !== null && bodyBytes !== asked.bytes)
      return `a body of ${bodyBytes} bytes where ${asked.bytes} were asked for`;
    if (this.#expected === null || isHead) return null;
    const { bytes = null, sha256 = null } = this.#expected;
    if (bytes !== null && bodyBytes !== bytes) return `a body of ${bodyBytes} bytes instead of ${bytes}`;
    if (sha256 === null || takeBody === null || !("digest" in takeBody)) return null;
    const digest = (takeBody as Hashing).digest();
    return digest === sha256 ? null : `a body whose SHA-256 is ${digest}`;
  }
}

function blank(asked: Asked, owner: ExchangeOwner): Exchange {
  return {
    asked,
    isHead: false,
    takeBody: null,
    owner,
    intendedMillis: 0.5,
    attendedMillis: 0.5,
    startedMillis: Number.NaN,
    sentMillis: Number.NaN,
    firstByteMillis: Number.NaN,
    deadlineMillis: 0.5,
    status: 0,
    bodyBytes: 0,
    isRetry: false,
  };
}

type Hashing = TakeBody & { digest: () => string };

function hashing(): Hashing {
  const hash = createHash("sha256");
  const take = (piece: Uint8Array) => void hash.update(piece);
  return Object.assign(take, { digest: () => hash.digest("hex") });
}
