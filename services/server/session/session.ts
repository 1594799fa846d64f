// A session is one connection's protocol as a structure drives it. It neither waits nor touches a
// socket. The order of calls is: receive, then next while it returns "answered", then takeOutput,
// until `finished`. After "steps" the structure performs steps() in its own way of waiting, reports
// each to performed(), and calls answer(). A new protocol is a file here and a line in table.ts.

import type { Piece } from "../../../lib/sockets/piece.ts";
import type { Peer } from "../../../lib/sockets/socket.ts";
import type { Clock } from "../accounting/clock.ts";
import type { Counters } from "../accounting/counters.ts";
import type { Operation, Steps } from "../files/operation.ts";

/**
 * The peer's progress in sending, which decides the time-out: nothing begun, within a head, or
 * within content.
 */
export type ReceivePhase = "idle" | "head" | "content";

/**
 * Outcome of taking the next request: none is complete, its answer is output, or its answer takes
 * steps.
 */
export type Taken = "nothing" | "answered" | "steps";

/** An answer that took steps. `content` is released if the peer has gone. */
export interface Answer {
  content: readonly Piece[];
}

export interface Session {
  readonly phase: ReceivePhase;
  /** Received octets that `next` has not processed. */
  readonly pendingOctets: number;
  /** Size of what `takeOutput` would return, in bytes. */
  readonly outputBytes: number;
  /** Nothing more is read. Close once all output is sent. */
  readonly finished: boolean;
  /** Set it to make the next answer the last. */
  draining: boolean;
  /** Takes the first `length` of the octets, whose memory may be reused afterwards. */
  receive(octets: Buffer, length: number): void;
  /** The peer will send no more. Requests received so far are still answered. */
  peerEnded(): void;
  next(): Taken;
  /**
   * The steps to the answer that `next` announced. Called again after a failure, they start over.
   */
  steps(): Steps<Answer>;
  /** A step was performed and took this long. */
  performed(op: Operation["op"], millis: number): void;
  /** The answer in place of steps that failed for good. */
  failure(error: unknown): Answer;
  /** Takes the answer that the steps, or their failure, produced. */
  answer(answer: Answer): void;
  /**
   * The phase has lasted too long: the session produces its final output. Never called in the phase
   * idle.
   */
  timedOut(): void;
  /** There are too many connections: the session produces its final output. */
  refuse(): void;
  /** The structure closes: nothing more is read. */
  finish(): void;
  /** All pending output. The caller sends it in order and releases the files in it. */
  takeOutput(): Piece[];
}

/** The sessions of one event loop, thread or process, and what they share. */
export interface Sessions {
  open(peer: Peer): Session;
  /** The last connection is gone. */
  close(): void;
}

/** Services that the structure provides to the protocol. */
export interface SessionSurroundings {
  clock: Clock;
  counters: Counters;
  /** The thread waits in system calls, so no timer and no queued output has its turn. */
  blocking: boolean;
}
