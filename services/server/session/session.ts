// A session is one connection's protocol as a structure drives it: it neither waits nor touches a
// socket. The order of calls: receive, then next while it returns "answered", then takeOutput,
// until `finished`. After "steps" the structure performs steps() in its own way of waiting, reports
// each by performed(), and calls answer(). A new protocol is a file here and a line in table.ts.

import type { Piece } from "../../../lib/sockets/piece.ts";
import type { Peer } from "../../../lib/sockets/socket.ts";
import type { Clock } from "../accounting/clock.ts";
import type { Counters } from "../accounting/counters.ts";
import type { Operation, Steps } from "../files/operation.ts";

/**
 * How far the peer is with what it sends, which decides the time-out: nothing begun, its head, or
 * its content.
 */
export type ReceivePhase = "idle" | "head" | "content";

/**
 * What taking the next request came to: none is whole, its answer is output, or its answer takes
 * steps.
 */
export type Taken = "nothing" | "answered" | "steps";

/** An answer that took steps. `content` is released when nobody is there to take it. */
export interface Answer {
  content: readonly Piece[];
}

export interface Session {
  readonly phase: ReceivePhase;
  /** Octets received that `next` has not looked at. */
  readonly pendingOctets: number;
  /** What `takeOutput` would give, in bytes. */
  readonly outputBytes: number;
  /** Nothing more is read: once all output is sent, close. */
  readonly finished: boolean;
  /** Set to let the next answer be the last. */
  draining: boolean;
  /** Takes the first `length` of the octets; their memory may be used again afterwards. */
  receive(octets: Buffer, length: number): void;
  /** The peer will send no more. What it asked for is still answered. */
  peerEnded(): void;
  next(): Taken;
  /**
   * The steps to the answer that `next` announced. Called again after a failure, they begin anew.
   */
  steps(): Steps<Answer>;
  /** A step was performed and took so long. */
  performed(op: Operation["op"], millis: number): void;
  /** The answer in place of steps that failed for good. */
  failure(error: unknown): Answer;
  /** Takes the answer that the steps, or their failure, came to. */
  answer(answer: Answer): void;
  /**
   * The phase has lasted too long: the session says its last word. It is not called in the phase
   * idle.
   */
  timedOut(): void;
  /** The structure closes: nothing more is read. */
  finish(): void;
  /** All that is to be sent; the caller sends it in order and releases the files in it. */
  takeOutput(): Piece[];
}

/** The sessions of one event loop, thread or process, and what they share. */
export interface Sessions {
  open(peer: Peer): Session;
  /** The last connection is gone. */
  close(): void;
}

/** What the protocol gets from the structure around it. */
export interface SessionSurroundings {
  clock: Clock;
  counters: Counters;
}
