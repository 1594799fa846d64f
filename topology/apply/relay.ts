// Requests of the services of many containers, through one exec in each that stays
// (lib/contract/relay.ts). A study makes several requests for each of its runs; an exec for each
// would start Node as often, beside what is measured.

import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { type EventOf, type Operation, opOf, type RequestOf, type ResultOf } from "../../lib/contract/contract.ts";
import { SERVICE_GONE } from "../../lib/contract/gone.ts";
import { RELAY } from "../../lib/contract/places.ts";
import { RttlabError } from "../../lib/errors.ts";
import type { Engine } from "./docker.ts";
import { execute } from "./exec.ts";
import {
  ANSWERS_WITHIN_MILLIS,
  KILLED,
  type RequestOptions,
  refused,
  resultOf,
  type Said,
  startPatience,
  whyUnanswered,
} from "./request.ts";

export interface Relays extends AsyncDisposable {
  /** As requestService, but that the exec stays for the next request of the same container. */
  request<Op extends Operation>(
    container: string,
    operation: Op,
    request: RequestOf<Op>,
    options?: RequestOptions<EventOf<Op>>,
  ): Promise<ResultOf<Op>>;
}

export function openRelays(engine: Engine): Relays {
  const relays = new Map<string, Relay>();
  const relayTo = (container: string): Relay => {
    const open = relays.get(container);
    if (open !== undefined) return open;
    const relay = openRelay(engine, container, () => relays.delete(container));
    relays.set(container, relay);
    return relay;
  };
  return {
    async request(container, operation, request, { onEvent, signal, withinMillis = ANSWERS_WITHIN_MILLIS } = {}) {
      const relay = relayTo(container);
      const attempt = `request ${opOf(operation)} to ${container}`;
      const { promise, resolve, reject } = Promise.withResolvers<Said>();
      const patience = startPatience(attempt, withinMillis, reject);
      const id = relay.begin({ ...request, op: opOf(operation) }, (event) => {
        patience.hears();
        if (event instanceof Error) reject(event);
        else if (event.event === "done" || event.event === "failed") resolve(event);
        else onEvent?.(event as never);
      });
      const cancel = () => {
        relay.cancel(id);
        patience.ends();
      };
      signal?.addEventListener("abort", cancel, { once: true });
      if (signal?.aborted) cancel();
      try {
        const last = await promise;
        if (last.event === "done") return resultOf(last);
        if (last.code === SERVICE_GONE) throw await whyUnanswered(engine, container, `${attempt}: ${last.message}`);
        throw refused(attempt, last);
      } finally {
        patience.over();
        signal?.removeEventListener("abort", cancel);
        relay.forget(id);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...relays.values()].map((relay) => relay.end()));
    },
  };
}

type OnEvent = (event: Said | Error) => void;

interface Relay {
  /** Gives the request's id. */
  begin(request: object, onEvent: OnEvent): number;
  cancel(id: number): void;
  forget(id: number): void;
  end(): Promise<void>;
}

/** `onEnd`: the exec is over, whoever ended it; what still waits for an answer fails. */
function openRelay(engine: Engine, container: string, onEnd: () => void): Relay {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const waiting = new Map<number, OnEvent>();
  const complaints: string[] = [];
  createInterface({ input: errors }).on("line", (line) => complaints.push(line));
  createInterface({ input: output }).on("line", (line) => {
    const { id, ...event } = JSON.parse(line);
    waiting.get(id)?.(event);
  });
  const send = (line: object) => input.write(`${JSON.stringify(line)}\n`);
  const attempt = `requests to ${container}`;
  const fail = (error: Error) => {
    onEnd();
    for (const onEvent of waiting.values()) onEvent(error);
  };
  const hung = new AbortController();
  const streams = { input, output, errors, signal: hung.signal };
  const ended = execute(engine, container, ["node", RELAY], streams).then(
    async (status) => {
      const said = complaints.map((line) => `\n${line}`).join("");
      const what = `${attempt}: their exec ended, exit ${status}${said}`;
      fail(status === KILLED ? await whyUnanswered(engine, container, what) : new RttlabError("E_REQUEST", what));
    },
    (cause) => {
      const code = cause instanceof RttlabError ? cause.code : "E_REQUEST";
      fail(new RttlabError(code, `${attempt}: their exec failed: ${cause.message}`, { cause }));
    },
  );
  let requests = 0;
  return {
    begin(request, onEvent) {
      requests += 1;
      waiting.set(requests, onEvent);
      send({ id: requests, ...request });
      return requests;
    },
    cancel: (id) => void send({ id, cancel: true }),
    forget: (id) => void waiting.delete(id),
    async end() {
      input.end();
      const patience = startPatience(`ending requests to ${container}`, ANSWERS_WITHIN_MILLIS, (silent) =>
        hung.abort(silent),
      );
      await ended.finally(patience.over);
    },
  };
}
