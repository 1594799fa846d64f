// The end of a connection: in each direction an orderly one by a last segment (FIN), or an abrupt
// one by a reset (RFC 9293 3.6, 3.10.7.4; RFC 5961).

import { fromWire } from "../sequence.ts";
import { RESET_FULL, type Segment } from "../wire.ts";
import { challenge } from "./challenge.ts";
import { isComplete, windowSegments } from "./receive-queue.ts";
import { finish } from "./send-queue.ts";
import { type Connection, type Failure, OWED } from "./state.ts";
import { clearAll, set, TIMER } from "./timers.ts";

/** Ends our direction after the queued data. The peer may go on sending (half-close). */
export function close(c: Connection): void {
  if (c.state === "closed") return;
  finish(c.send);
  if (c.state === "established") c.state = "fin-wait-1";
  if (c.state === "close-wait") c.state = "last-ack";
}

/** Aborts both directions and resets the peer. Queued data is lost. */
export function abort(c: Connection): void {
  if (c.state === "closed") return;
  const peerIsKnown = c.remoteId !== 0;
  fail(c, "E_RUDP_ABORTED");
  if (peerIsKnown) c.owed = OWED.reset;
}

export function fail(c: Connection, failure: Failure): void {
  c.state = "closed";
  c.failure = failure;
  c.owed = 0;
  c.duplicateAcksOwed = 0;
  clearAll(c.timers);
}

/** Changes the state after a segment that acknowledged our FIN, brought the peer's, or both. */
export function settle(c: Connection, nowMillis: number): void {
  const oursDone = c.send.finIndex >= 0 && c.send.una > c.send.finIndex;
  const theirsDone = isComplete(c.receive);
  switch (c.state) {
    case "established":
      if (theirsDone) c.state = "close-wait";
      break;
    case "fin-wait-1":
      if (oursDone && theirsDone) enterTimeWait(c, nowMillis);
      else if (oursDone) c.state = "fin-wait-2";
      else if (theirsDone) c.state = "closing";
      break;
    case "fin-wait-2":
      if (theirsDone) enterTimeWait(c, nowMillis);
      break;
    case "closing":
      if (oursDone) enterTimeWait(c, nowMillis);
      break;
    case "last-ack":
      if (!oursDone) break;
      c.state = "closed";
      c.owed = 0;
      clearAll(c.timers);
      break;
  }
}

/**
 * A reset is accepted only with exactly the next expected number. One elsewhere in the window is
 * challenged, so that a peer that means it repeats it with the right number (RFC 5961 3.2). In
 * TIME-WAIT no reset is accepted (RFC 1337).
 */
export function receiveReset(c: Connection, segment: Segment, nowMillis: number): void {
  const index = fromWire(segment.sequence, c.remoteInitial, c.receive.nxt);
  if (c.state === "time-wait") return;
  // Until the peer has accepted the cookie it may have no connection, and no room for one.
  const isFull = c.cookie !== null && segment.window === RESET_FULL;
  if (index === c.receive.nxt && isFull) fail(c, "E_RUDP_FULL");
  else if (index === c.receive.nxt) fail(c, c.state === "syn-received" ? "E_RUDP_REFUSED" : "E_RUDP_RESET");
  else if (index > c.receive.nxt && index < c.receive.nxt + windowSegments(c.receive)) challenge(c, nowMillis);
  else c.counters.refusedSegments++;
}

/** Stays to repeat a lost last acknowledgement. */
export function enterTimeWait(c: Connection, nowMillis: number): void {
  c.state = "time-wait";
  clearAll(c.timers);
  set(c.timers, TIMER.timeWait, nowMillis + c.options.timeWaitMillis);
}
