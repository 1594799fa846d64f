import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openDialler, usableSockets } from "../../lib/sockets/kinds.ts";
import { Timetable } from "./timetable.ts";
import { watchThread } from "./watch-thread.ts";

describe("the watch over a thread", () => {
  for (const kind of usableSockets()) {
    it(`does not call it busy while it waits for what is due too soon to sleep, by ${kind}`, async (context) => {
      const dialler = await openDialler(kind);
      context.after(() => dialler.close());
      const all: number[] = [];
      for (let time = 0; time < 5; time++) {
        const startMillis = performance.now();
        const endMillis = startMillis + 100;
        const usage = watchThread(
          { beginMillis: startMillis, startMillis, endMillis, ceaseMillis: endMillis },
          dialler,
        );
        await ticking(new Timetable(dialler), startMillis, endMillis);
        all.push(usage.stop().eventLoopUtilisation);
      }
      context.diagnostic(`${all}`);
      // A busy machine may stop the thread at its work, but hardly each time.
      assert.ok(Math.min(...all) < 0.6, `${all}`);
    });
  }
});

/** The timetable of an open load of 25,000 a second. */
function ticking(timetable: Timetable, startMillis: number, endMillis: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const next = (atMillis: number) => {
    if (atMillis < endMillis) timetable.at(atMillis, () => next(atMillis + 0.04));
    else resolve();
  };
  next(startMillis);
  return promise;
}
