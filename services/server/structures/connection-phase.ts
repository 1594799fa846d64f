// The phase of a connection and its beginning, for time-outs and for the count of waiting times.

import type { Clock } from "../accounting/clock.ts";
import { type Counters, countOperation } from "../accounting/counters.ts";
import type { ReceivePhase } from "../session/session.ts";
import type { Timeouts } from "./structure.ts";

/**
 * The peer's phases, while the server waits for it; `answer`: the server works, or waits for the
 * disk or a slow reader; `linger`: our half is closed and the peer's is not.
 */
export type Phase = ReceivePhase | "answer" | "linger";

export class ConnectionPhase {
  current: Phase = "idle";
  #clock: Clock;
  #counters: Counters;
  #since: number;
  /** How long it was idle before this phase began; NaN: nothing has been answered yet. */
  #idleBeforeMillis: number;

  /** `idleBeforeMillis`: since the last answer, if that was given elsewhere. */
  constructor(clock: Clock, counters: Counters, idleBeforeMillis = Number.NaN) {
    this.#clock = clock;
    this.#counters = counters;
    this.#since = clock.last;
    this.#idleBeforeMillis = idleBeforeMillis;
  }

  /** Octets have arrived: idleness ends, and the head is timed from now. */
  received(): void {
    if (this.current !== "idle") return;
    const { last } = this.#clock;
    const idleMillis = this.#idleBeforeMillis + last - this.#since;
    if (!Number.isNaN(idleMillis)) countOperation(this.#counters, "idle", 0, idleMillis);
    this.#since = last;
  }

  /** A request was complete at that time, and its answer is being made. */
  answering(wholeAtMillis: number): void {
    if (this.current === "head" || this.current === "content")
      countOperation(this.#counters, "read", 0, wholeAtMillis - this.#since);
    this.current = "answer";
  }

  /** Waits for the peer. */
  waiting(phase: ReceivePhase): void {
    if (phase === this.current) return;
    // The first octet of a head after idleness was timed on arrival.
    if (this.current !== "idle" || phase !== "head") this.#since = this.#clock.last;
    if (phase === "idle") this.#idleBeforeMillis = 0;
    this.current = phase;
  }

  /**
   * Our half is closed. It may have been closed by the peer or a time-out, long after anything else
   * happened.
   */
  lingering(): void {
    this.current = "linger";
    this.#clock.lap();
    this.#since = this.#clock.last;
  }

  closed(): void {
    if (this.current !== "linger") return;
    this.#clock.lap();
    countOperation(this.#counters, "close", 0, this.#clock.last - this.#since);
  }

  /** The socket times a slow reader; the phase's time begins when that is over. */
  postpone(nowMillis: number): void {
    this.#since = nowMillis;
  }

  hasLasted(nowMillis: number, millis: number): boolean {
    return nowMillis - this.#since > millis;
  }

  /**
   * Whether the phase has lasted too long. `answer` never has, because a slow disk is not the
   * peer's fault.
   */
  isOverdue(nowMillis: number, idleMillis: number, { headMillis, contentMillis, lingerMillis }: Timeouts): boolean {
    switch (this.current) {
      case "idle":
        return this.hasLasted(nowMillis, idleMillis);
      case "head":
        return this.hasLasted(nowMillis, headMillis);
      case "content":
        return this.hasLasted(nowMillis, contentMillis);
      case "linger":
        return this.hasLasted(nowMillis, lingerMillis);
      case "answer":
        return false;
    }
  }
}
