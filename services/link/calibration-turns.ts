// Calibrations of a link take turns, because two would measure each other. An open request holds
// the turn, so it is released when the holder dies. The holder is notified at once when the
// measured settings change.

import { once } from "node:events";
import type { Handler } from "../../lib/contract/contract.ts";
import type { Revision } from "../../lib/contract/link.ts";

type TurnEmit = Parameters<Handler<"link.calibrating">>[1];

export class CalibrationTurns {
  #last: Promise<void> = Promise.resolve();
  #taken = 0;
  #holder: TurnEmit | null = null;

  /**
   * Holds the turn until `signal` aborts. Events: `waiting` when another holds it, `calibrating`
   * with the result of `subject` when the turn has come, `changed` when the settings change after
   * that.
   */
  async hold(emit: TurnEmit, signal: AbortSignal, subject: () => Revision): Promise<void> {
    const gone = signal.aborted ? Promise.resolve() : once(signal, "abort").then(() => {});
    const before = this.#last;
    const { promise, resolve: pass } = Promise.withResolvers<void>();
    this.#last = before.then(() => promise);
    this.#taken += 1;
    if (this.#taken > 1) emit("waiting", {});
    try {
      await Promise.race([before, gone]);
      if (signal.aborted) return;
      this.#holder = emit;
      emit("calibrating", subject());
      await gone;
    } finally {
      if (this.#holder === emit) this.#holder = null;
      this.#taken -= 1;
      pass();
    }
  }

  /** Whether anybody calibrates or waits to. */
  get isTaken(): boolean {
    return this.#taken > 0;
  }

  /** The settings have changed. */
  interrupt(): void {
    this.#holder?.("changed", {});
  }
}
