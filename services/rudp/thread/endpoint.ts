// RUDP for a program. An endpoint is a thread that runs the protocol; it opens and accepts
// connections.
//
//     using endpoint = new Endpoint();
//     const socket = endpoint.connect("rudp-sink:4000");     // blocks; connectAsync does not
//     socket.send(bytes);
//     socket.close();

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { RttlabError } from "../../../lib/errors.ts";
import type { ConnectionOptions } from "../protocol/connection/connection.ts";
import { answerEvents, type Bell, createBell } from "./bell.ts";
import { createChannel } from "./channel.ts";
import type { Answer, Command } from "./engine/messages.ts";
import type { RudpListener } from "./listener.ts";
import { checkOwnAddress, parseTarget } from "./place.ts";
import { countOf, sleep, sleepAsync } from "./ring.ts";
import { RudpSocket } from "./socket.ts";

export interface ConnectOptions {
  connection?: Partial<ConnectionOptions>;
  /** Local address to send from. By default the route decides. */
  from?: string | null;
  /** File for a trace of the connection, with a line of JSON per acknowledgement. */
  trace?: string | null;
  /** Aborting it makes connectAsync reject with E_CANCELLED. A blocked thread cannot abort. */
  signal?: AbortSignal;
}

export interface ListenOptions {
  /** By default all IPv4 addresses of this machine. */
  address?: string;
  /** 0: any free port. */
  port?: number;
  /** An open UDP socket that is bound, in place of address and port. The endpoint closes it. */
  descriptor?: number | undefined;
  maximumConnections?: number;
  /** Options of accepted connections. */
  connection?: Partial<ConnectionOptions>;
}

const ENGINE = new URL("./engine/worker.ts", import.meta.url);

export class Endpoint {
  readonly #bell: Bell = createBell();
  readonly #commands: MessagePort;
  /** Answers to other requests than the one awaited, by key. */
  readonly #answers = new Map<number, Answer[]>();
  readonly #worker: Worker;
  /** Closed listeners, and those whose closing the engine has confirmed. */
  readonly #closedListeners = new Set<number>();
  readonly #confirmedClosed = new Set<number>();
  #lastKey = 0;
  #isClosing = false;
  #isStopped = false;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#commands = port1;
    const workerData = { bell: this.#bell, commands: port2 };
    this.#worker = new Worker(ENGINE, { workerData, transferList: [port2], name: "rudp-engine" });
  }

  /**
   * Opens a connection to `host:port` and waits until the peer accepts. Throws E_RUDP_REFUSED,
   * E_RUDP_PEER_DEAD, E_BAD_TARGET, E_BAD_OPTION, E_RUDP_PORT.
   */
  connect(to: string, options: ConnectOptions = {}): RudpSocket {
    const { key, channel } = this.#requestConnection(to, options);
    this.#answerTo(key);
    const socket = new RudpSocket(channel, this.#bell, to);
    socket.opened();
    return socket;
  }

  async connectAsync(to: string, options: ConnectOptions = {}): Promise<RudpSocket> {
    if (options.signal?.aborted) throw cancelled(to);
    const { key, channel } = this.#requestConnection(to, options);
    const socket = new RudpSocket(channel, this.#bell, to);
    const opening = this.#answerToAsync(key).then(() => socket.openedAsync());
    await unlessAborted(socket, opening, options.signal);
    return socket;
  }

  /** Listens on a port. Throws E_RUDP_PORT when the port is taken, E_BAD_OPTION. */
  listen(options: ListenOptions = {}): RudpListener {
    const key = this.#requestListener(options);
    return this.#listener(key, this.#answerTo(key));
  }

  async listenAsync(options: ListenOptions = {}): Promise<RudpListener> {
    const key = this.#requestListener(options);
    return this.#listener(key, await this.#answerToAsync(key));
  }

  /** Resolves when the thread has started. Only needed to measure times from a first SYN. */
  async started(): Promise<void> {
    const key = ++this.#lastKey;
    this.#post({ op: "await-start", key });
    await this.#answerToAsync(key);
  }

  /**
   * Makes later connections write their traces to the folder, as `MILLIS-PEER` (since the epoch);
   * null: no more. Resolves when the files so far are complete.
   */
  async traceAsync(folder: string | null): Promise<void> {
    const key = ++this.#lastKey;
    this.#post({ op: "trace", key, folder });
    await this.#answerToAsync(key);
  }

  /** Aborts open connections, waits for those that have just closed, and ends the thread. */
  close(): void {
    this.#stop();
    while (!this.#isStopped) this.#awaitAnswer();
    this.#commands.close();
  }

  async closeAsync(): Promise<void> {
    this.#stop();
    while (!this.#isStopped) await this.#awaitAnswerAsync();
    this.#commands.close();
    await this.#worker.terminate();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeAsync();
  }

  #stop(): void {
    if (this.#isClosing) return;
    this.#post({ op: "stop" });
    this.#isClosing = true;
  }

  #requestConnection(to: string, { connection = {}, from = null, trace = null }: ConnectOptions) {
    const place = parseTarget(to);
    if (from !== null) checkOwnAddress("sending from", from);
    const key = ++this.#lastKey;
    const channel = createChannel();
    this.#post({ op: "connect", key, memory: channel.memory, from, trace, connection, ...place });
    return { key, channel };
  }

  #requestListener({
    address = "0.0.0.0",
    port = 0,
    descriptor,
    maximumConnections = 256,
    connection = {},
  }: ListenOptions): number {
    checkOwnAddress("listening at", address);
    const key = ++this.#lastKey;
    this.#post({ op: "listen", key, address, port, descriptor, maximumConnections, connection });
    return key;
  }

  #listener(key: number, answer: Answer): RudpListener {
    const { address, port } = answer as Extract<Answer, { event: "listening" }>;
    const accepted = (found: Answer) => {
      const { memory, peer } = found as Extract<Answer, { event: "accepted" }>;
      return new RudpSocket(createChannel(memory), this.#bell, peer);
    };
    return {
      address,
      port,
      accept: () => accepted(this.#answerTo(key)),
      acceptWithin: (millis) => {
        const answer = this.#answerWithin(key, millis);
        return answer === undefined ? undefined : accepted(answer);
      },
      acceptAsync: async () => accepted(await this.#answerToAsync(key)),
      counters: async () => {
        const countKey = ++this.#lastKey;
        this.#post({ op: "count", key: countKey, listener: key });
        return ((await this.#answerToAsync(countKey)) as Extract<Answer, { event: "counted" }>).counters;
      },
      close: () => this.#unlisten(key),
    };
  }

  /** Rejects connections from now on, including those that wait to be accepted. */
  #unlisten(key: number): void {
    if (this.#isClosing || this.#closedListeners.has(key)) return;
    this.#closedListeners.add(key);
    const waiting = this.#answers.get(key) ?? [];
    this.#answers.delete(key);
    for (const answer of waiting) this.#reject(answer);
    this.#post({ op: "unlisten", key });
    // Connections may still arrive until the engine has processed the command, and must be
    // rejected.
    this.#answerToAsync(key).catch(() => {});
  }

  #reject(answer: Answer): void {
    if (answer.event === "accepted") new RudpSocket(createChannel(answer.memory), this.#bell, answer.peer).abort();
  }

  #post(command: Command): void {
    if (this.#isClosing) throw new RttlabError("E_RUDP_ENGINE", `asking for ${command.op}: the endpoint is closed`);
    this.#commands.postMessage(command);
  }

  #answerTo(key: number): Answer {
    return this.#answerWithin(key, Number.POSITIVE_INFINITY) as Answer;
  }

  #answerWithin(key: number, millis: number): Answer | undefined {
    const deadline = performance.now() + millis;
    for (;;) {
      const answer = this.#takeAnswer(key);
      const rest = deadline - performance.now();
      if (answer !== undefined || rest <= 0) return answer;
      this.#awaitAnswer(rest);
    }
  }

  async #answerToAsync(key: number): Promise<Answer> {
    for (;;) {
      const answer = this.#takeAnswer(key);
      if (answer !== undefined) return answer;
      await this.#awaitAnswerAsync();
    }
  }

  #takeAnswer(key: number): Answer | undefined {
    this.#collect();
    const answer = this.#answers.get(key)?.shift();
    if (answer?.event === "refused") throw refusal(answer);
    if (this.#confirmedClosed.has(key))
      throw new RttlabError("E_RUDP_CLOSED", "waiting for a connection: the listener is closed");
    if (answer === undefined && this.#isStopped) {
      throw new RttlabError("E_RUDP_ENGINE", "waiting for the endpoint: it is closed");
    }
    return answer;
  }

  #awaitAnswer(millis?: number): void {
    const events = answerEvents(this.#bell);
    const seen = countOf(events);
    if (!this.#collect()) sleep(events, seen, millis);
  }

  async #awaitAnswerAsync(): Promise<void> {
    const events = answerEvents(this.#bell);
    const seen = countOf(events);
    if (!this.#collect()) await sleepAsync(events, seen);
  }

  /** Sorts incoming messages; returns whether there were any. */
  #collect(): boolean {
    let found = false;
    for (let next = receiveMessageOnPort(this.#commands); next; next = receiveMessageOnPort(this.#commands)) {
      const answer = next.message as Answer;
      found = true;
      if (answer.event === "stopped") {
        this.#isStopped = true;
      } else this.#sort(answer);
    }
    return found;
  }

  #sort(answer: Exclude<Answer, { event: "stopped" }>): void {
    if (answer.event === "unlistened") this.#confirmedClosed.add(answer.key);
    else if (this.#closedListeners.has(answer.key)) this.#reject(answer);
    else {
      const waiting = this.#answers.get(answer.key) ?? [];
      waiting.push(answer);
      this.#answers.set(answer.key, waiting);
    }
  }
}

async function unlessAborted(socket: RudpSocket, opening: Promise<void>, signal?: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = () => {
    socket.abort();
    reject(cancelled(socket.peer));
  };
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    await Promise.race([opening, promise]);
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

function cancelled(to: string): RttlabError {
  return new RttlabError("E_CANCELLED", `connecting to ${to}: it was broken off`);
}

function refusal({ code, message, problems }: Extract<Answer, { event: "refused" }>): RttlabError {
  return new RttlabError(code, message, { problems });
}
