// The phase that a connection is in and since when: what its time-outs go by, and what is counted
// of its waiting.

import type { Clock } from "../accounting/clock.ts";
import { type Counters, countOperation } from "../accounting/counters.ts";
import type { ReceivePhase } from "../session/session.ts";
import type { Timeouts } from "./structure.ts";

/**
 * The peer's phases, while the server waits for it; `answer`: the server works, or waits for the
 * disk or for a peer that reads slowly; `linger`: our half is closed, the peer's is not.
 */
export type Phase = ReceivePhase | "answer" | "linger";

export class ConnectionPhase {
  current: Phase = "idle";
  #clock: Clock;
  #counters: Counters;
  #since: number;

  constructor(clock: Clock, counters: Counters) {
    this.#clock = clock;
    this.#counters = counters;
    this.#since = clock.last;
  }

  /** Octets have come: idleness is over, and a head is timed from here. */
  received(): void {
    if (this.current !== "idle") return;
    countOperation(this.#counters, "idle", 0, this.#clock.last - this.#since);
    this.#since = this.#clock.last;
  }

  /** A request was whole at that time, and its answer is being made. */
  answering(wholeAtMillis: number): void {
    if (this.current === "head" || this.current === "content")
      countOperation(this.#counters, "read", 0, wholeAtMillis - this.#since);
    this.current = "answer";
  }

  /** The peer is waited for. */
  waiting(phase: ReceivePhase): void {
    if (phase === this.current) return;
    // The first octet of a head after idleness was timed when it came.
    if (this.current !== "idle" || phase !== "head") this.#since = this.#clock.last;
    this.current = phase;
  }

  /**
   * Our half is closed. The peer or a time-out may have brought that about when nothing else
   * happened for long.
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

  /**
   * Waiting for a peer that reads slowly is the socket's matter: the phase's time begins when that
   * is over.
   */
  postpone(nowMillis: number): void {
    this.#since = nowMillis;
  }

  hasLasted(nowMillis: number, millis: number): boolean {
    return nowMillis - this.#since > millis;
  }

  /**
   * Whether the phase has lasted too long. Waiting for the disk is not the peer's fault, so
   * `answer` never has.
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
