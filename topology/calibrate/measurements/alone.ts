// Bursts that had the link to themselves. A queue that serves flows in turn (fq_codel, fq, cake)
// gives each of two that wait at once half of the rate. They arrive among each other then, which
// those of a queue that keeps the order never do. Bursts are as far apart as one takes to drain,
// but on a machine that is behind the next one may come too early.

import type { Flight } from "../capture.ts";

/** Without the bursts of which a packet arrived between two of another. */
export function alone<Train extends readonly Flight[]>(trains: readonly Train[]): Train[] {
  const spans = trains.map(spanOf);
  return trains.filter((_, at) => spans.every((other, place) => place === at || !meet(spans[at] as Span, other)));
}

interface Span {
  firstMillis: number;
  lastMillis: number;
}

/** From the first arrival to the last; empty, and behind everything, where none arrived. */
function spanOf(train: readonly Flight[]): Span {
  const arrivals = train.flatMap(({ arrivedAtMillis }) => arrivedAtMillis ?? []);
  return arrivals.reduce(
    ({ firstMillis, lastMillis }, each) => ({
      firstMillis: Math.min(firstMillis, each),
      lastMillis: Math.max(lastMillis, each),
    }),
    { firstMillis: Number.POSITIVE_INFINITY, lastMillis: Number.NEGATIVE_INFINITY },
  );
}

function meet(one: Span, other: Span): boolean {
  return one.firstMillis <= other.lastMillis && other.firstMillis <= one.lastMillis;
}
