// Challenge acknowledgements (RFC 5961): the answer to a segment that an honest peer would not
// send. A peer that meant it can repeat it correctly. They are limited per second, because two ends
// that disagree would otherwise answer each other for ever.

import { type Connection, OWED } from "./state.ts";

const CHALLENGES_PER_SECOND = 10;

export function challenge(c: Connection, nowMillis: number): void {
  c.counters.refusedSegments++;
  if (nowMillis - c.challengedSinceMillis >= 1000) {
    c.challengedSinceMillis = nowMillis;
    c.challenges = 0;
  }
  if (c.challenges >= CHALLENGES_PER_SECOND) return;
  c.challenges++;
  c.owed |= OWED.ack;
}
