// One calibration of a link at a time: two would measure each other. The turn is held by an open request, so that it is let
// go when its holder dies; whoever holds it is told at once when the settings that it measures are changed.

import { once } from "node:events";
import type { Handler } from "../../lib/contract/contract.ts";
import type { Revision } from "../../lib/contract/link.ts";

type TurnEmit = Parameters<Handler<"link.calibrating">>[1];

export class CalibrationTurns {
  #last: Promise<void> = Promise.resolve();
  #taken = 0;
  #holder: TurnEmit | null = null;

  /**
   * Holds the turn until `signal` aborts. Events: `waiting` when another has it, `calibrating` with what `subject` gives when
   * the turn has come, `changed` when the settings are changed after that.
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

  /** Whether anybody calibrates, or waits to. */
  get isTaken(): boolean {
    return this.#taken > 0;
  }

  /** The settings are others now. */
  interrupt(): void {
    this.#holder?.("changed", {});
  }
}
