// The tables of jitter that settings hold, as files for tc, which knows a distribution only by the
// name of one. The kernel has the table from then on. A guest sees the files of its container.

import { rm, writeFile } from "node:fs/promises";
import { type JitterTable, tablePath, tableText } from "../../lib/link/jitter-table.ts";
import { DIRECTIONS, type LinkSettings } from "../../lib/link/link.ts";

/** Does something while the files of all tables of these settings are there. */
export async function withTableFiles<Result>(
  settings: readonly LinkSettings[],
  work: () => Promise<Result>,
): Promise<Result> {
  // The steps of a timeline mostly have the same ones.
  const different = new Map(settings.flatMap(tablesOf).map((table) => [table.deviations, table]));
  const tables = [...different.values()];
  await Promise.all(tables.map((table) => writeFile(tablePath(table), tableText(table))));
  try {
    return await work();
  } finally {
    await Promise.all(tables.map((table) => rm(tablePath(table), { force: true })));
  }
}

function tablesOf(settings: LinkSettings): JitterTable[] {
  return DIRECTIONS.map((side) => settings[side].jitterDistribution).filter((value) => typeof value === "object");
}
