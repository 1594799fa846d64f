// A connection as a program that waits, from its first octets to its close: the shape that threads,
// processes and coroutines share. It is a generator that yields each wait, so the same text runs
// where a wait blocks the thread (blocking-worker.ts) and where it suspends a coroutine
// (coroutine.ts).

import type { Piece } from "../../../lib/sockets/piece.ts";
import type { Clock } from "../accounting/clock.ts";
import { add, type Counters } from "../accounting/counters.ts";
import type { Answer, Session } from "../session/session.ts";
import { LINGER_LIMIT_OCTETS, OUTPUT_LIMIT_BYTES } from "./connection-limits.ts";
import type { ConnectionPhase } from "./connection-phase.ts";
import type { Timeouts } from "./structure.ts";

/**
 * A wait. `receive`: for octets, which go to the session, or are counted while it lingers.
 * `answer`: for the steps of the session. `send`: until the kernel has the pieces. `end`: closes
 * our half, which takes no time.
 */
export type Wait = { kind: "receive" } | { kind: "answer" } | { kind: "send"; pieces: Piece[] } | { kind: "end" };

/**
 * How a wait ended. For `receive`: the number of octets, 0 at the peer's end, NOTHING_YET when it
 * is time to look at the deadlines. For `answer`: the answer. A broken connection does not return
 * from a wait: its generator is ended.
 */
export type Outcome = number | Answer | undefined;
export const NOTHING_YET = -1;

/** Returns whether the connection goes on: an idle one does, if conversations are by turns. */
export type Conversation = Generator<Wait, boolean, Outcome>;

/** State that the conversations of a thread, process or loop share. */
export interface Surroundings {
  counters: Counters;
  clock: Clock;
  timeouts: Timeouts;
  /** The idle time-out at this moment. */
  idleMillis(): number;
  /** Answers under way are the last. */
  isDraining(): boolean;
  /** A conversation ends when the client is idle, and another goes on when it is not. */
  byTurns: boolean;
}

const RECEIVE: Wait = { kind: "receive" };
const ANSWER: Wait = { kind: "answer" };
const END: Wait = { kind: "end" };

/**
 * The conversation with one client. `return()` ends it if the connection breaks. The holder of the
 * connection counts it as open.
 */
export function* converse(session: Session, phase: ConnectionPhase, surroundings: Surroundings): Conversation {
  const { counters } = surroundings;
  add(counters, "activeConnections", 1);
  try {
    const end = yield* talk(session, phase, surroundings);
    if (end === "turn") return true;
    phase.lingering();
    session.finish();
    yield END;
    if (end === "ours") yield* linger(phase, surroundings);
    return false;
  } finally {
    phase.closed();
    add(counters, "activeConnections", -1);
  }
}

/** How talking ended: we close first, the client has closed its half, or its turn is over. */
type End = "ours" | "theirs" | "turn";

/** Answers until the session is finished or has been idle too long. */
function* talk(session: Session, phase: ConnectionPhase, surroundings: Surroundings): Generator<Wait, End, Outcome> {
  const { counters, clock, timeouts, byTurns } = surroundings;
  let end: End = "ours";
  let hasReceived = false;
  for (;;) {
    if (surroundings.isDraining()) session.draining = true;
    yield* answerAll(session, phase, clock);
    if (session.finished || (session.draining && session.phase === "idle")) return end;
    phase.waiting(session.phase);
    if (byTurns && hasReceived && phase.current === "idle") return "turn";
    if (phase.isOverdue(clock.last, surroundings.idleMillis(), timeouts)) {
      add(counters, "timeouts", 1);
      if (phase.current === "idle") return end;
      session.timedOut();
      continue;
    }
    const isIdle = phase.current === "idle";
    if (isIdle) add(counters, "activeConnections", -1);
    let length: number;
    try {
      length = (yield RECEIVE) as number;
    } finally {
      if (isIdle) add(counters, "activeConnections", 1);
    }
    clock.lap();
    if (length > 0) {
      hasReceived = true;
      phase.received();
    } else if (length === 0) {
      end = "theirs";
      session.peerEnded();
    }
  }
}

/** Answers all received requests and sends the answers together. */
function* answerAll(session: Session, phase: ConnectionPhase, clock: Clock): Generator<Wait, void, Outcome> {
  let mayBeMore = true;
  do {
    while (mayBeMore && session.outputBytes < OUTPUT_LIMIT_BYTES) {
      const wholeAtMillis = clock.last;
      const taken = session.next();
      mayBeMore = taken !== "nothing";
      if (mayBeMore) phase.answering(wholeAtMillis);
      if (taken !== "steps") continue;
      // Answers that are there do not wait for the disk.
      yield* sendOutput(session);
      session.answer((yield ANSWER) as Answer);
    }
    yield* sendOutput(session);
  } while (mayBeMore);
}

function* sendOutput(session: Session): Generator<Wait, void, Outcome> {
  if (session.outputBytes > 0) yield { kind: "send", pieces: session.takeOutput() };
}

/** Reads on until the peer closes its half, or for as long and as much as is allowed. */
function* linger(phase: ConnectionPhase, { clock, timeouts }: Surroundings): Generator<Wait, void, Outcome> {
  for (let octets = 0; octets <= LINGER_LIMIT_OCTETS; ) {
    const length = (yield RECEIVE) as number;
    if (length === 0) return;
    if (length > 0) octets += length;
    clock.lap();
    if (phase.hasLasted(clock.last, timeouts.lingerMillis)) return;
  }
}
