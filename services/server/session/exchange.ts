// The records of an exchange: counters, access log, and Server-Timing, which reports the same times
// to the client.

import { pieceLength } from "../../../lib/sockets/piece.ts";
import type { AccessLog } from "../accounting/access-log.ts";
import {
  type Counters,
  countOperation,
  countRequest,
  countStatus,
  type OperationName,
  sizeClass,
} from "../accounting/counters.ts";
import type { Operation } from "../files/operation.ts";
import type { Request, Response } from "../http/message.ts";

export interface Records {
  counters: Counters;
  accessLog: AccessLog | null;
  serverTiming: boolean;
}

export type Performed = [name: OperationName, millis: number];

/**
 * The client, as far as it is recorded. Its address is read only for the log, because that may be a
 * system call.
 */
interface Recorded {
  readonly remoteAddress: string;
}

/** Name look-ups are part of the access check, which the site times as a whole. */
const TIMED_AS: Record<Operation["op"], OperationName | null> = {
  stat: "resolve",
  lstat: "resolve",
  realpath: "resolve",
  open: "open",
  close: "open",
  read: "read-file",
  reverse: null,
  forward: null,
};

/** The name under which an operation is timed; null if it is timed as part of another. */
export function timedAs(op: Operation["op"]): OperationName | null {
  return TIMED_AS[op];
}

/** Records an answer from memory. */
export function recordFromMemory(
  records: Records,
  client: Recorded,
  request: Request,
  response: Response,
  parseMillis: number,
  resolveMillis: number,
): void {
  const size = record(records, client, request, response, parseMillis + resolveMillis);
  countOperation(records.counters, "parse", size, parseMillis);
  countOperation(records.counters, "resolve", size, resolveMillis);
}

/**
 * Records an answer that took steps. `millis` is its whole time, including the wait for its turn.
 */
export function recordFromSteps(
  records: Records,
  client: Recorded,
  request: Request,
  response: Response,
  { millis, parseMillis, performed }: { millis: number; parseMillis: number; performed: readonly Performed[] },
): void {
  const size = record(records, client, request, response, millis);
  countOperation(records.counters, "parse", size, parseMillis);
  for (const [name, spent] of performed) countOperation(records.counters, name, size, spent);
}

/** Records an answer to octets that never became a whole request. */
export function recordRefusal({ counters, accessLog }: Records, client: Recorded, status: number): void {
  countStatus(counters, "other", status);
  accessLog?.record(client.remoteAddress, null, status, 0);
}

/**
 * The response with a Server-Timing field (W3C Server Timing), which browsers' developer tools
 * show. The prepared head of the plain response stays as it is.
 */
export function withTimings(
  { status, fields, content }: Response,
  parseMillis: number,
  performed: readonly Performed[],
): Response {
  const spent: Record<string, number> = { parse: parseMillis };
  for (const [name, millis] of performed) spent[name] = (spent[name] ?? 0) + millis;
  const metrics = Object.entries(spent).map(([name, millis]) => `${name};dur=${millis.toFixed(3)}`);
  return { status, fields: `${fields}Server-Timing: ${metrics.join(", ")}\r\n`, content };
}

/** Counts and logs the answer; returns the size class of its content. */
function record(
  { counters, accessLog }: Records,
  client: Recorded,
  request: Request,
  response: Response,
  millis: number,
): number {
  let bytes = 0;
  for (const piece of response.content) bytes += pieceLength(piece);
  const size = sizeClass(bytes);
  countRequest(counters, request.method, response.status, size, millis);
  accessLog?.record(client.remoteAddress, request, response.status, request.method === "HEAD" ? 0 : bytes);
  return size;
}
