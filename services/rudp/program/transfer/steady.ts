// A steady load: several connections that send for a time. Only bytes acknowledged between the
// warm-up and the end count, so that neither slow start nor the draining of full queues is in the
// rate, nor their losses among those counted. The end cuts all connections off.

import { setTimeout as delay } from "node:timers/promises";
import { put } from "./ask.ts";
import type { Counted } from "./counted.ts";
import type { OpenRun } from "./open-run.ts";
import { seededStream } from "./seeded.ts";

/** Resolves when the seconds are over, with the connections still sending. */
export async function sendUntilCut({ sockets, settings, now, signal }: OpenRun): Promise<Counted> {
  const { warmupSeconds, seed } = settings;
  const seconds = settings.seconds as number;
  const sending = sockets.map((socket, index) => put(socket, seededStream(seed + index, null), { seed: seed + index }));
  const failure = Promise.all(sending);
  // That they are cut off is no failure; one before that rejects the wait.
  failure.catch(() => {});
  const wait = (forSeconds: number) => Promise.race([delay(forSeconds * 1000, null, { signal }), failure]);
  await wait(warmupSeconds);
  const from = now();
  await wait(seconds);
  return { from, to: now() };
}
