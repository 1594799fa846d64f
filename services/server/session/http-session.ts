// HTTP as a session: http/connection.ts handles octets, files/site.ts finds answers, exchange.ts
// records them.

import { logLine } from "../../../lib/contract/serving/log.ts";
import type { Piece, Writes } from "../../../lib/sockets/piece.ts";
import type { Peer } from "../../../lib/sockets/socket.ts";
import { createAccessLog } from "../accounting/access-log.ts";
import type { Clock } from "../accounting/clock.ts";
import { add, type Counters, countOperation } from "../accounting/counters.ts";
import { lineWriter } from "../accounting/line-writer.ts";
import { isOutOfDescriptors, type Operation, type Steps } from "../files/operation.ts";
import { createSite, type Site, type SiteOptions } from "../files/site.ts";
import { HttpConnection } from "../http/connection.ts";
import type { ParserLimits } from "../http/limits.ts";
import type { HttpVersion, Request, Response } from "../http/message.ts";
import { textResponse } from "../http/status.ts";
import {
  type Performed,
  type Records,
  recordFromMemory,
  recordFromSteps,
  recordRefusal,
  timedAs,
  withTimings,
} from "./exchange.ts";
import type { ReceivePhase, Session, SessionSurroundings, Sessions, Taken } from "./session.ts";

const STDERR = 2;
/** The most that waits in memory for a reader of the log that lags. */
const LOG_WAITING_BYTES = 16_777_216;

/** Plain data that threads and processes can receive. */
export interface HttpOptions {
  site: SiteOptions;
  limits: ParserLimits;
  /** The version of all answers; 1.0 has one request per connection. */
  version: HttpVersion;
  /** Whether an answer's head and content reach the kernel together or in a write each. */
  writes: Writes;
  /** Whether each answer is logged on stderr in the Common Log Format. */
  accessLog: boolean;
  /** Whether each answer reports in Server-Timing where its time went. */
  serverTiming: boolean;
}

/** State that the HTTP sessions of a loop share. */
interface Shared {
  site: Site;
  limits: ParserLimits;
  version: HttpVersion;
  writes: Writes;
  clock: Clock;
  records: Records;
}

/** A request whose answer takes steps. */
interface Pending {
  request: Request;
  beganMillis: number;
  parseMillis: number;
  performed: Performed[];
}

export function httpSessions(options: HttpOptions, { clock, counters, blocking }: SessionSurroundings): Sessions {
  const { limits, version, writes, serverTiming } = options;
  const write = logWriter(blocking, counters);
  const accessLog = options.accessLog ? createAccessLog(write, blocking) : null;
  const site = createSite(options.site, {
    brokenRules: (path, line, problem) => write(logLine("htaccess-broken", { path, line, problem })),
    accessEvaluated: (millis) => countOperation(counters, "access", 0, millis),
  });
  const shared: Shared = { site, limits, version, writes, clock, records: { counters, accessLog, serverTiming } };
  return {
    open: (peer) => new HttpSession(shared, peer),
    close: () => accessLog?.flush(),
  };
}

/**
 * Writes lines of the log and counts those that are lost, because its reader lags too far behind or
 * has gone. The stream of a thread that blocks would need its event loop, the descriptor does not.
 */
function logWriter(blocking: boolean, counters: Counters): (lines: string) => void {
  const isWritten = blocking ? lineWriter(STDERR) : writeLater;
  return (lines) => {
    if (!isWritten(lines)) add(counters, "lostLogLines", lines.split("\n").length - 1);
  };
}

/** On an event loop a wait would hold up every client. */
function writeLater(lines: string): boolean {
  const { stderr } = process;
  if (stderr.writableLength > LOG_WAITING_BYTES) return false;
  stderr.write(lines);
  return true;
}

class HttpSession implements Session {
  #shared: Shared;
  #clock: Clock;
  #peer: Peer;
  #http: HttpConnection;
  #pending: Pending | null = null;

  constructor(shared: Shared, peer: Peer) {
    this.#shared = shared;
    this.#clock = shared.clock;
    this.#peer = peer;
    const { records, clock, limits, version, writes } = shared;
    // An answer may be logged after the client has gone.
    if (records.accessLog !== null) peer.rememberRemoteAddress();
    this.#http = new HttpConnection(clock.wallMillis, limits, version, writes);
    this.#http.onRefusal = (status) => recordRefusal(records, peer, status);
  }

  get phase(): ReceivePhase {
    return this.#http.phase;
  }

  get pendingOctets(): number {
    return this.#http.pendingOctets;
  }

  get outputBytes(): number {
    return this.#http.outboxBytes;
  }

  get finished(): boolean {
    return this.#http.finished;
  }

  get draining(): boolean {
    return this.#http.draining;
  }

  set draining(draining: boolean) {
    this.#http.draining = draining;
  }

  receive(octets: Buffer, length: number): void {
    this.#http.receive(octets, length);
  }

  peerEnded(): void {
    this.#http.clientEnded();
  }

  next(): Taken {
    const clock = this.#clock;
    const beganMillis = clock.last;
    const request = this.#http.next();
    if (request === undefined) return "nothing";
    const parseMillis = clock.lap();
    const { site, records } = this.#shared;
    const response = site.respondNow(request, this.#peer, clock.wallMillis());
    if (response === undefined) {
      this.#pending = { request, beganMillis, parseMillis, performed: [] };
      return "steps";
    }
    const resolveMillis = clock.lap();
    this.#http.answer(
      request,
      records.serverTiming ? withTimings(response, parseMillis, [["resolve", resolveMillis]]) : response,
    );
    recordFromMemory(records, this.#peer, request, response, parseMillis, resolveMillis);
    return "answered";
  }

  steps(): Steps<Response> {
    const { request } = this.#pending as Pending;
    return this.#shared.site.respond(request, this.#peer, this.#clock.wallMillis());
  }

  performed(op: Operation["op"], millis: number): void {
    const name = timedAs(op);
    if (name !== null) this.#pending?.performed.push([name, millis]);
  }

  failure(error: unknown): Response {
    if (isOutOfDescriptors(error))
      return textResponse(503, "the server has too many files and connections open", "Retry-After: 1\r\n");
    return textResponse(500, "the server failed to find an answer");
  }

  answer(response: Response): void {
    const { request, beganMillis, parseMillis, performed } = this.#pending as Pending;
    this.#pending = null;
    const { records } = this.#shared;
    this.#clock.lap();
    const millis = this.#clock.last - beganMillis;
    this.#http.answer(request, records.serverTiming ? withTimings(response, parseMillis, performed) : response);
    recordFromSteps(records, this.#peer, request, response, { millis, parseMillis, performed });
  }

  timedOut(): void {
    this.#http.refuse(408, `the ${this.#http.phase} took too long`);
  }

  refuse(): void {
    this.#http.refuse(503, "the server has as many connections as it may have");
  }

  finish(): void {
    this.#http.finished = true;
  }

  takeOutput(): Piece[] {
    return this.#http.takeOutput();
  }
}
