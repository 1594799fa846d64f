// An acknowledgement in answer to something that an honest peer would not send: it lets one that means it say it again rightly
// (RFC 5961). Only so many a second, lest two ends that disagree answer each other for ever.

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
