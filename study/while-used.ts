// The use of the machine right before and after a measurement, and the most memory that each
// container held meanwhile, read once a second: a reading takes some two milliseconds of one
// processor.

import { setTimeout as delay } from "node:timers/promises";
import type { Bed } from "./bed.ts";
import type { UseSight } from "./snapshot.ts";

const EVERY_MILLIS = 1000;

/** `to` has the most memory of all readings. Rejects as the measurement does. */
export async function whileUsed<Result>(
  { lookAtUse }: Pick<Bed, "lookAtUse">,
  measure: () => Promise<Result>,
  pause: (millis: number, signal: AbortSignal) => Promise<unknown> = (millis, signal) =>
    delay(millis, undefined, { signal }),
): Promise<{ happened: Result; from: UseSight; to: UseSight }> {
  const from = await lookAtUse();
  const [between, over] = [[] as UseSight[], new AbortController()];
  const watch = async () => {
    for (;;) {
      await pause(EVERY_MILLIS, over.signal);
      between.push(
        ...(await lookAtUse().then(
          (seen) => [seen],
          () => [],
        )),
      );
    }
  };
  const watching = watch().catch(() => {}); // it is over
  const happened = await measure().finally(() => over.abort());
  await watching;
  const last = await lookAtUse();
  return { happened, from, to: { ...last, memoryBytes: mostMemory([from, ...between, last]) } };
}

/** Of the containers that the last reading has. */
function mostMemory(readings: readonly UseSight[]): UseSight["memoryBytes"] {
  const names = Object.keys(readings.at(-1)?.memoryBytes ?? {});
  return Object.fromEntries(
    names.map((name) => [name, Math.max(...readings.map(({ memoryBytes }) => memoryBytes[name] ?? 0))]),
  );
}
