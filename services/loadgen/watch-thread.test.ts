import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ThreadLoad } from "../../lib/contract/load/load.ts";
import { openDialler, usableSockets } from "../../lib/sockets/kinds.ts";
import { Timetable } from "./timetable.ts";
import { watchThread } from "./watch-thread.ts";

describe("the watch over a thread", () => {
  for (const kind of usableSockets()) {
    it(`does not call it busy while it waits for what is due too soon to sleep, by ${kind}`, async (context) => {
      const dialler = await openDialler(kind);
      context.after(() => dialler.close());
      const all: ThreadLoad[] = [];
      for (let time = 0; time < 5; time++) {
        const startMillis = performance.now();
        const endMillis = startMillis + 100;
        const usage = watchThread(
          { beginMillis: startMillis, startMillis, endMillis, ceaseMillis: endMillis },
          dialler,
        );
        await ticking(new Timetable(dialler), startMillis, endMillis);
        const load = usage.stop();
        assert.ok(load.spunSeconds <= (performance.now() - startMillis) / 1000, `${load.spunSeconds}`);
        all.push(load);
      }
      const busy = all.map(({ eventLoopUtilisation }) => eventLoopUtilisation);
      const spun = all.map(({ spunSeconds }) => spunSeconds);
      context.diagnostic(`busy ${busy}, waited ${spun} s`);
      // A busy machine may stop the thread at its work, but hardly each time.
      assert.ok(Math.min(...busy) < 0.6, `${busy}`);
      assert.ok(Math.max(...spun) > 0.04, `${spun}`);
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
