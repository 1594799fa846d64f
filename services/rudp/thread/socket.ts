// A connection as an application holds it. `send`, `recv` and `close` block the calling thread
// (Atomics.wait); use them in a thread that does nothing else. Their …Async twins wait without
// blocking. Both use the same rings, and at any time at most one caller sends and one receives.

import type { ConnectionNumbers } from "../../../lib/contract/transfer.ts";
import { RttlabError } from "../../../lib/errors.ts";
import { PACKET_BYTES } from "../protocol/wire.ts";
import { type Bell, ring as ringBell } from "./bell.ts";
import {
  type Channel,
  type ChannelFailure,
  codeOf,
  createChannel,
  failureNamed,
  numbersOf,
  type Phase,
  phaseEvents,
  phaseOf,
  requestAbort,
  requestFlush,
} from "./channel.ts";
import * as ring from "./ring.ts";

const REASONS: Record<ChannelFailure, string> = {
  E_RUDP_REFUSED: "nobody there accepts it",
  E_RUDP_FULL: "the port there has as many connections as it takes",
  E_RUDP_RESET: "the peer broke it off",
  E_RUDP_PEER_DEAD: "the peer has been silent for too long",
  E_RUDP_PATH: `the peer answers, but no data arrive there: the path must carry packets of ${PACKET_BYTES.ipv4} bytes over IPv4, ${PACKET_BYTES.ipv6} over IPv6`,
  E_RUDP_ABORTED: "it was broken off here",
  E_RUDP_ENGINE: "the thread that runs it failed",
};

/**
 * Outcome of a step that may have to wait: done, or the event to sleep on with its count from
 * before the look.
 */
type Step<T> = { done: true; value: T } | { done: false; events: ring.EventCount; seen: number };

/** A connection as another thread of the process can receive it, by a message for example. */
export interface RudpHandle {
  readonly memory: SharedArrayBuffer;
  readonly bell: Bell;
  readonly peer: string;
}

/** The connection, for the thread that has its handle. */
export function socketAt({ memory, bell, peer }: RudpHandle): RudpSocket {
  return new RudpSocket(createChannel(memory), bell, peer);
}

export class RudpSocket {
  /** The peer's `address:port` when the connection began. */
  readonly peer: string;
  readonly #channel: Channel;
  readonly #bell: Bell;

  constructor(channel: Channel, bell: Bell, peer: string) {
    this.#channel = channel;
    this.#bell = bell;
    this.peer = peer;
  }

  get handle(): RudpHandle {
    return { memory: this.#channel.memory, bell: this.#bell, peer: this.peer };
  }

  /** Waits until the peer has accepted. Throws E_RUDP_REFUSED, E_RUDP_PEER_DEAD. */
  opened(): void {
    block(() => this.#opened());
  }

  openedAsync(): Promise<void> {
    return wait(() => this.#opened());
  }

  /**
   * Queues all of `data`, sleeping while the queue is full. Throws the code that the connection
   * failed with, or E_RUDP_ENDED after end().
   */
  send(data: Uint8Array): void {
    const progress = { sent: 0 };
    block(() => this.#send(data, progress));
  }

  sendAsync(data: Uint8Array): Promise<void> {
    const progress = { sent: 0 };
    return wait(() => this.#send(data, progress));
  }

  /** Queues as much of `data` as finds room within the time; returns the number of bytes. */
  sendWithin(data: Uint8Array, millis: number): number {
    const progress = { sent: 0 };
    blockWithin(() => this.#send(data, progress), millis);
    return progress.sent;
  }

  /**
   * Returns between one and `maxBytes` bytes, sleeping while there are none. Returns null when the
   * peer has ended and everything was read. `maxBytes` 0 returns none at once.
   */
  recv(maxBytes: number): Buffer | null {
    return block(() => this.#recv(maxBytes));
  }

  /** The same, or undefined if nothing has come within the time. */
  recvWithin(maxBytes: number, millis: number): Buffer | null | undefined {
    return blockWithin(() => this.#recv(maxBytes), millis);
  }

  recvAsync(maxBytes: number): Promise<Buffer | null> {
    return wait(() => this.#recv(maxBytes));
  }

  /** Bytes that can be received without waiting. */
  unreadBytes(): number {
    return ring.readableBytes(this.#channel.incoming);
  }

  /** Sends what was written so far, even if it fills no segment. */
  flush(): void {
    requestFlush(this.#channel);
    ringBell(this.#bell);
  }

  /** Ends our direction. Queued data still goes out, and the peer may go on sending. */
  end(): void {
    ring.end(this.#channel.outgoing);
    ringBell(this.#bell);
  }

  /**
   * Waits, after end(), until the peer has acknowledged all of our data. The peer may still send.
   */
  delivered(): void {
    block(() => this.#reached("delivered", "done"));
  }

  /** Whether it has, or the connection is over. */
  isDelivered(): boolean {
    const phase = phaseOf(this.#channel);
    return phase !== "opening" && phase !== "open";
  }

  deliveredAsync(): Promise<void> {
    return wait(() => this.#reached("delivered", "done"));
  }

  /**
   * Ends our direction, reads the peer's to its end, and returns when both ends have everything.
   * Throws when they never will.
   */
  close(): void {
    this.end();
    while (this.recv(DISCARD_BYTES) !== null);
    block(() => this.#reached("done"));
  }

  async closeAsync(): Promise<void> {
    this.end();
    while ((await this.recvAsync(DISCARD_BYTES)) !== null);
    await wait(() => this.#reached("done"));
  }

  /** Aborts the connection at once and resets the peer. Bytes under way are lost. */
  abort(): void {
    requestAbort(this.#channel);
    ringBell(this.#bell);
  }

  /** Resolves when the connection is over: with its failure, or null. */
  over(): Promise<RttlabError | null> {
    return wait(() => this.#reached("done")).then(
      () => null,
      (error: RttlabError) => error,
    );
  }

  /**
   * Resolves when all that the peer sent has been given to be received, or no more will be. For a
   * slow reader that is long after over().
   */
  inputOver(): Promise<void> {
    return wait(() => this.#inputOver());
  }

  /** The protocol's numbers, at most a twentieth of a second old; after the end, the last. */
  numbers(): ConnectionNumbers {
    return numbersOf(this.#channel);
  }

  /** Reads to the peer's end. Leaving the loop early aborts the connection. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    let isRead = false;
    try {
      for (;;) {
        const bytes = await this.recvAsync(DISCARD_BYTES);
        if (bytes === null) break;
        yield bytes;
      }
      isRead = true;
    } finally {
      if (!isRead) this.abort();
    }
  }

  #opened(): Step<void> {
    const events = phaseEvents(this.#channel);
    const seen = ring.countOf(events);
    const phase = phaseOf(this.#channel);
    if (phase === "failed") throw this.#failure("opening it");
    return phase === "opening" ? { done: false, events, seen } : { done: true, value: undefined };
  }

  #reached(...phases: Phase[]): Step<void> {
    const events = phaseEvents(this.#channel);
    const seen = ring.countOf(events);
    const phase = phaseOf(this.#channel);
    if (phase === "failed") throw this.#failure("closing");
    return phases.includes(phase) ? { done: true, value: undefined } : { done: false, events, seen };
  }

  #inputOver(): Step<void> {
    const { incoming } = this.#channel;
    const events = ring.filledEvents(incoming);
    const seen = ring.countOf(events);
    const isOver = ring.isEnded(incoming) || ring.brokenCode(incoming) !== 0;
    return isOver ? { done: true, value: undefined } : { done: false, events, seen };
  }

  #send(data: Uint8Array, progress: { sent: number }): Step<void> {
    const { outgoing } = this.#channel;
    const events = ring.freedEvents(outgoing);
    const seen = ring.countOf(events);
    if (ring.brokenCode(outgoing) !== 0) throw this.#failure("sending");
    if (ring.isEnded(outgoing))
      throw new RttlabError("E_RUDP_ENDED", `sending to ${this.peer}: our direction was ended`);
    const written = ring.write(outgoing, data, progress.sent);
    progress.sent += written;
    if (written > 0) ringBell(this.#bell);
    return progress.sent === data.length ? { done: true, value: undefined } : { done: false, events, seen };
  }

  #recv(maxBytes: number): Step<Buffer | null> {
    if (!Number.isInteger(maxBytes) || maxBytes < 0) {
      throw new RttlabError("E_BAD_OPTION", `receiving from ${this.peer}: ${maxBytes} is no number of bytes`);
    }
    if (maxBytes === 0) return { done: true, value: Buffer.alloc(0) };
    const { incoming } = this.#channel;
    const events = ring.filledEvents(incoming);
    const seen = ring.countOf(events);
    const [isAtEnd, broken] = [ring.isAtEnd(incoming), ring.brokenCode(incoming) !== 0];
    const into = Buffer.allocUnsafe(Math.min(maxBytes, ring.readableBytes(incoming)));
    if (into.length > 0) {
      ring.read(incoming, into);
      ringBell(this.#bell);
      return { done: true, value: into };
    }
    if (isAtEnd) return { done: true, value: null };
    if (broken) throw this.#failure("receiving");
    return { done: false, events, seen };
  }

  #failure(attempt: string): RttlabError {
    const failure = failureNamed(ring.brokenCode(this.#channel.outgoing));
    return new RttlabError(codeOf(failure), `${attempt}, connection with ${this.peer}: ${REASONS[failure]}`);
  }
}

const DISCARD_BYTES = 65_536;

function block<T>(look: () => Step<T>): T {
  for (;;) {
    const step = look();
    if (step.done) return step.value;
    ring.sleep(step.events, step.seen);
  }
}

function blockWithin<T>(look: () => Step<T>, millis: number): T | undefined {
  const deadline = performance.now() + millis;
  for (;;) {
    const step = look();
    if (step.done) return step.value;
    const rest = deadline - performance.now();
    if (rest <= 0) return undefined;
    ring.sleep(step.events, step.seen, rest);
  }
}

async function wait<T>(look: () => Step<T>): Promise<T> {
  for (;;) {
    const step = look();
    if (step.done) return step.value;
    await ring.sleepAsync(step.events, step.seen);
  }
}
