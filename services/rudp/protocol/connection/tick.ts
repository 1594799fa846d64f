// Acts on deadlines. The driver calls this at `earliest(c.timers)` or later.

import { backOff } from "../rtt.ts";
import { fail } from "./closing.ts";
import { judgeLosses, onRetransmitTimeout } from "./recovery.ts";
import { flightSegments } from "./send-queue.ts";
import { type Connection, isSynchronized, OWED } from "./state.ts";
import { expire, set, TIMER } from "./timers.ts";

/** Acts on every deadline up to now. Call `transmit` afterwards. */
export function tick(c: Connection, nowMillis: number): void {
  const { timers } = c;
  // Even if the driver comes late, the acknowledgement that began TIME-WAIT must go out first.
  // TIME-WAIT ends when it has.
  if (c.owed === 0 && expire(timers, TIMER.timeWait, nowMillis)) c.state = "closed";
  if (expire(timers, TIMER.giveUp, nowMillis)) {
    const peerIsKnown = c.remoteId !== 0;
    fail(c, isStuck(c) ? "E_RUDP_PATH" : "E_RUDP_PEER_DEAD");
    if (peerIsKnown) c.owed = OWED.reset;
    return;
  }
  if (expire(timers, TIMER.overdue, nowMillis)) judgeLosses(c, 0, false, nowMillis);
  if (expire(timers, TIMER.retransmit, nowMillis)) retransmit(c, nowMillis);
  if (expire(timers, TIMER.ack, nowMillis)) c.owed |= OWED.ack;
  if (expire(timers, TIMER.probe, nowMillis)) {
    c.probes = Math.min(c.probes + 1, 30);
    c.owed |= OWED.ping;
  }
  if (expire(timers, TIMER.keepAlive, nowMillis)) {
    c.owed |= OWED.ping;
    set(timers, TIMER.keepAlive, nowMillis + c.options.keepAliveMillis);
  }
  expire(timers, TIMER.pace, nowMillis);
}

/**
 * The peer was heard after the oldest segment had been sent three times, but that segment never
 * arrived.
 */
function isStuck({ send, heardAfterTimeouts }: Connection): boolean {
  return flightSegments(send) > 0 && heardAfterTimeouts >= 2;
}

function retransmit(c: Connection, nowMillis: number): void {
  if (isSynchronized(c.state)) {
    if (flightSegments(c.send) > 0) onRetransmitTimeout(c, nowMillis);
    else if (c.cookie !== null) {
      backOff(c.rtt);
      c.owed |= OWED.echo;
    }
    return;
  }
  backOff(c.rtt);
  c.owed |= c.state === "syn-sent" ? OWED.syn : OWED.synAck;
}
