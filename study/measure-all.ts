// The measurements of a run: the cell's own, and others beside it that begin after a time. All end
// before the run does, whichever fails, so that nothing of it is left under way.

import { setTimeout as delay } from "node:timers/promises";
import type { Bed } from "./bed.ts";
import type { CellSettings } from "./file/settings.ts";
import { besideName } from "./measures/table.ts";

export interface Outcomes {
  values: Record<string, number>;
  histograms: Record<string, string>;
  /** Why the results are useless; empty if they are not. */
  faults: readonly string[];
  /** Whether a result says more about its measuring host than about the other. */
  isGeneratorsOwn: boolean;
  /** Processor time in which a measuring host only waited for its next request, by its name. */
  spunSeconds: Readonly<Record<string, number>>;
}

/**
 * The first is the cell's own. A result may be the measuring host's own if that host may be
 * saturated. Rejects with the first failure, when all have ended.
 */
export async function measureAll(
  bed: Pick<Bed, "measure">,
  all: readonly CellSettings["beside"][number][],
  maySaturate: readonly string[],
  seed: number,
  signal: AbortSignal,
): Promise<Outcomes> {
  const ended = await Promise.allSettled(
    all.map(async ({ name, kind, host, words, afterMillis }, index) => {
      if (afterMillis > 0) await delay(afterMillis, undefined, { signal });
      const request = kind.request(words, seed + index);
      let spunSeconds = 0;
      const ask = async (asked: typeof request) => {
        const { result } = await bed.measure(host, kind.operation, asked, signal);
        spunSeconds += kind.spunSeconds?.(result) ?? 0;
        return result;
      };
      const result = await (kind.perform?.(request, ask, words) ?? ask(request));
      const named = <Value>(values: Record<string, Value>) =>
        Object.entries(values).map(([quantity, value]) => [besideName(name, quantity), value] as const);
      const own = kind.ownFault?.(result) ?? null;
      const fault = kind.fault(result) ?? (maySaturate.includes(host) ? null : own);
      return {
        values: named(kind.values(result)),
        histograms: named(kind.histograms(result)),
        faults: fault === null ? [] : [name === "" ? fault : `${name}: ${fault}`],
        isOwn: own !== null,
        host,
        spunSeconds,
      };
    }),
  );
  const outcomes = ended.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
  return {
    values: Object.fromEntries(outcomes.flatMap(({ values }) => values)),
    histograms: Object.fromEntries(outcomes.flatMap(({ histograms }) => histograms)),
    faults: outcomes.flatMap(({ faults }) => faults),
    isGeneratorsOwn: outcomes.some(({ isOwn }) => isOwn),
    spunSeconds: sumByHost(outcomes),
  };
}

/** Several measurements may share a host. */
function sumByHost(outcomes: readonly { host: string; spunSeconds: number }[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { host, spunSeconds } of outcomes) sums[host] = (sums[host] ?? 0) + spunSeconds;
  return sums;
}
