// Requests of a link take turns, in their order. A client that must wait hears so at once, because
// a timeline may last longer than its patience; for one that has gone meanwhile nothing is done.

import type { None } from "../../lib/contract/contract.ts";
import { endOfInput } from "../../lib/contract/serving/end-of-input.ts";
import { RttlabError } from "../../lib/errors.ts";

/** A client that may have to wait. */
interface Asker {
  emit(event: "waiting", fields: None): void;
  /** Aborts when the client has gone. */
  signal: AbortSignal;
}

/**
 * Does `work` when all earlier work has ended, however. Rejects as `work` does, or with E_CANCELLED
 * if the asker goes while it waits. Without an asker it waits in any case: it puts something back.
 */
type InTurn = <Result>(work: () => Promise<Result>, asker?: Asker) => Promise<Result>;

export function changeTurns(): InTurn {
  let last: Promise<void> = Promise.resolve();
  let begun = 0;
  return async (work, asker) => {
    const [before, mustWait] = [last, begun > 0];
    const { promise: isOver, resolve: pass } = Promise.withResolvers<void>();
    last = before.then(() => isOver);
    begun += 1;
    try {
      await (mustWait && asker !== undefined ? turnOf(asker, before) : before);
      return await work();
    } finally {
      begun -= 1;
      pass();
    }
  };
}

async function turnOf({ emit, signal }: Asker, before: Promise<void>): Promise<void> {
  emit("waiting", {});
  await Promise.race([before, endOfInput(signal)]);
  if (!signal.aborted) return;
  throw new RttlabError("E_CANCELLED", "waiting for others' changes of the link: the client has gone; nothing is done");
}
