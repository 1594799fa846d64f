// Quantities that count events, and the opportunities for these. A quantity by transfer is no count
// itself: the packets of its run are, and the transfers say how long they were watched.

import type { Manifest, Run } from "./results.ts";
import type { Counted } from "./stats/count-interval.ts";

/** Units of what is counted in a run. */
const COUNTS = ["1", "packets", "segments"];
/** `droppedPacketsPerTransfer` is `droppedPackets` by the transfers of the run. */
const BY_TRANSFER = /^(\w+)PerTransfer$/;

/** Of the runs that have the quantity; null where it counts nothing. */
export function countedIn(quantity: string, runs: readonly Run[], { quantities }: Manifest): Counted | null {
  const unit = quantities.find(({ name }) => name === quantity)?.unit ?? "";
  if (!COUNTS.includes(unit)) return null;
  const [, ofRun] = BY_TRANSFER.exec(quantity) ?? [];
  const known = runs.flatMap(({ values }) => (values[quantity] == null ? [] : [values]));
  const counts = known.map((values) => values[ofRun ?? quantity] ?? Number.NaN);
  const exposures = known.map((values) => (ofRun === undefined ? 1 : transfersOf(values)));
  const isWhole = counts.every(Number.isInteger) && exposures.every((count) => count > 0);
  return isWhole && counts.length > 0 ? { counts, exposures } : null;
}

/** A page is a transfer of many requests. */
export function transfersOf({ requests, pages, transfers }: Run["values"]): number {
  return transfers ?? pages ?? requests ?? 0;
}
