// Latencies as a histogram of text, in steps of 1, 2 and 5. An open load has two side by side: from
// the intended start, as all that arrive see it, and from the actual start, as a generator sees it
// that waits with the server. A stall that only the first shows would have been omitted.

import { columns } from "../../columns.ts";
import { countsUpTo, type LatencySummary } from "./latency.ts";

const BAR = "#";
const WIDTH = 40;
const STEPS = [1, 2, 5];

/** Lines without an end; null if nothing was counted, or no histogram was asked for. */
export function latencyBars(total: LatencySummary, service: LatencySummary | null): string | null {
  const all = [total, ...(service === null ? [] : [service])];
  if (all.some(({ count, histogram }) => count === 0 || histogram === undefined)) return null;
  const bounds = boundsAround(
    Math.min(...all.map(({ minMicros }) => minMicros ?? 0)),
    Math.max(...all.map(({ maxMicros }) => maxMicros ?? 0)),
  );
  const counts = all.map((summary) => countsUpTo(summary, bounds));
  const width = Math.floor(WIDTH / all.length);
  const rows = bounds.map((bound, row) => [
    `${bound / 1000}`,
    ...counts.flatMap((own) => [`${own[row]}`, barOf(own[row] ?? 0, Math.max(...own), width)]),
  ]);
  const titles = ["ms up to", "total", "".padEnd(width), ...(service === null ? [] : ["service", ""])];
  return columns([titles, ...rows], { left: 0 });
}

/** From the bound that is not below the least to the one that is not below the most. */
function boundsAround(leastMicros: number, mostMicros: number): number[] {
  const all = Array.from({ length: 30 }, (_, index) => (STEPS[index % 3] ?? 1) * 10 ** Math.floor(index / 3));
  const first = all.findIndex((bound) => bound >= leastMicros);
  return all.slice(first, all.findIndex((bound) => bound >= mostMicros) + 1);
}

/** At least one mark where something was counted. */
function barOf(count: number, most: number, width: number): string {
  return BAR.repeat(count === 0 ? 0 : Math.max(1, Math.round((width * count) / most))).padEnd(width);
}
