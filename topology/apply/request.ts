// Requests to the service in a running container. An exec outlives the client that started it, so a
// request is cancelled by ending its input, never by dropping the connection
// (docs/container-contract.md).

import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { type EventOf, type Operation, opOf, type RequestOf, type ResultOf } from "../../lib/contract/contract.ts";
import { SERVICE_GONE } from "../../lib/contract/gone.ts";
import { REQUEST_CLIENT } from "../../lib/contract/places.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import type { Engine } from "./docker.ts";
import { execute } from "./exec.ts";
import { endingOf } from "./readiness.ts";

export interface RequestOptions<Event> {
  /** Called with every event but the last. */
  onEvent?: (event: Event) => void;
  /** Cancels the request; the service's answer to that is still awaited. */
  signal?: AbortSignal;
  /**
   * How long the service may take to begin its answer, and to end a cancelled one. A slower one is
   * paused, stopped, or hangs.
   */
  withinMillis?: number | undefined;
}

/**
 * Longer than a link takes that gives up a guest that does not reply, and then tries to put back
 * what was before.
 */
export const ANSWERS_WITHIN_MILLIS = 75_000;

/**
 * Makes one request to the service in a container; resolves to its result. Rejects with the code
 * that the service reports, E_UNSUPPORTED if it does not know the op, E_NOT_RUNNING if its
 * container ended, E_REQUEST if its answer breaks the contract, E_NO_ANSWER if it did not answer in
 * time.
 */
export async function requestService<Op extends Operation>(
  engine: Engine,
  container: string,
  operation: Op,
  request: RequestOf<Op>,
  options: RequestOptions<EventOf<Op>> = {},
): Promise<ResultOf<Op>> {
  return sendRequest(engine, container, { ...request, op: opOf(operation) }, options);
}

/** The same for any container; the caller knows the types of events and result. */
export async function sendRequest<Result, Event extends { event: unknown }>(
  engine: Engine,
  container: string,
  request: { op: string },
  { onEvent, signal, withinMillis = ANSWERS_WITHIN_MILLIS }: RequestOptions<Event> = {},
): Promise<Result> {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const complaints: string[] = [];
  createInterface({ input: errors }).on("line", (line) => complaints.push(line));
  const hung = new AbortController();
  const attempt = `request ${request.op} to ${container}`;
  const patience = startPatience(attempt, withinMillis, (silent) => hung.abort(silent));
  const end = () => {
    input.end();
    patience.ends();
  };
  signal?.addEventListener("abort", end, { once: true });
  input.write(`${JSON.stringify(request)}\n`);
  if (signal?.aborted) end();
  let last: Said | undefined;
  createInterface({ input: output }).on("line", (line) => {
    const event = parseEvent(line);
    if (event === undefined) complaints.push(line);
    else if (event.event === "done" || event.event === "failed") {
      last = event;
      end();
    } else {
      patience.hears();
      onEvent?.(event as Event);
    }
  });
  const command = ["node", REQUEST_CLIENT];
  const status = await execute(engine, container, command, { input, output, errors, signal: hung.signal }).finally(
    () => {
      signal?.removeEventListener("abort", end);
      patience.over();
    },
  );
  output.end();
  errors.end();
  await Promise.all([finished(output), finished(errors)]);
  if (last?.event === "done" && status === 0) return resultOf(last);
  const silent = `no answer, exit ${status}${complaints.length > 0 ? `: ${complaints.slice(-5).join("\n")}` : ""}`;
  if (last?.code === SERVICE_GONE || (last === undefined && status === KILLED)) {
    throw await whyUnanswered(engine, container, `${attempt}: ${last?.message ?? silent}`);
  }
  const refusal = last ?? { event: "failed", code: status === 127 ? "E_UNSUPPORTED" : "E_REQUEST", message: silent };
  throw refused(attempt, refusal);
}

export interface Patience {
  /** The service works, for as long as it needs. */
  hears(): void;
  /** It is to end now, and has its time for that. */
  ends(): void;
  over(): void;
}

/** Gives a service up with E_NO_ANSWER if it does not begin to answer in time, or does not end. */
export function startPatience(attempt: string, withinMillis: number, giveUp: (silent: RttlabError) => void): Patience {
  const silence = `no answer within ${withinMillis / 1000} s: it is paused, stopped, or hangs`;
  const silent = new RttlabError("E_NO_ANSWER", `${attempt}: ${silence}`);
  const start = () => setTimeout(() => giveUp(silent), withinMillis);
  let waiting = start();
  let isEnding = false;
  return {
    hears() {
      if (!isEnding) clearTimeout(waiting);
    },
    ends() {
      isEnding = true;
      clearTimeout(waiting);
      waiting = start();
    },
    over: () => clearTimeout(waiting),
  };
}

/** The exit of an exec whose container ended under it. */
export const KILLED = 128 + 9;

/**
 * The error of a request whose service went away or was killed: E_NOT_RUNNING with the reason
 * if its container has ended or is ending, E_REQUEST if that runs on.
 */
export async function whyUnanswered(engine: Engine, container: string, what: string): Promise<RttlabError> {
  try {
    const ending = await endingOf(engine, container);
    if (ending === null) return new RttlabError("E_REQUEST", `${what}; its container runs on`);
    return new RttlabError("E_NOT_RUNNING", `${what}; of its container: ${ending}`);
  } catch (cause) {
    const { code, message } = cause as RttlabError;
    return new RttlabError(code, `${what}; ${message}`, { cause });
  }
}

/** The fields of a `done` event. */
export function resultOf<Result>({ event: _, ...result }: Said): Result {
  return result as Result;
}

/** The error of a `failed` event. */
export function refused(attempt: string, { code = "E_REQUEST", message = "", problems = [] }: Said): RttlabError {
  return new RttlabError(code, `${attempt}: ${message}`, { problems });
}

/** An event, with the fields of one that is `failed`. */
export interface Said {
  event: string;
  code?: string;
  message?: string;
  problems?: Problem[];
}

function parseEvent(line: string): Said | undefined {
  try {
    const parsed = JSON.parse(line);
    return typeof parsed?.event === "string" ? parsed : undefined;
  } catch {
    return undefined;
  }
}
