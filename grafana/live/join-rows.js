// A table's rows from the answers of its queries: Grafana's `merge` and `organize` transformations.
// Pure.

/** @import { Panel, Series } from "./types.d.ts" */

/**
 * Heads in order, and rows of text labels and numbers by head. Series with the same labels make one
 * row.
 * @param {Panel} panel
 * @param {readonly Series[]} series
 */
export function joinRows({ targets = [], transformations = [] }, series) {
  /** @type {Map<string, Record<string, string | number>>} */
  const byLabels = new Map();
  for (const { refId, labels, values } of series) {
    const { __name__: _, ...shown } = labels;
    const key = JSON.stringify(Object.entries(shown).sort());
    const row = byLabels.get(key) ?? { ...shown };
    row[targets.length === 1 ? "Value" : `Value #${refId}`] = values.at(-1) ?? Number.NaN;
    byLabels.set(key, row);
  }
  const organize = transformations.find(({ id }) => id === "organize")?.options ?? {};
  const {
    excludeByName = {},
    indexByName = {},
    renameByName = {},
  } = /** @type {Record<string, Record<string, any>>} */ (organize);
  const names = [...new Set([...Object.keys(indexByName), ...[...byLabels.values()].flatMap(Object.keys)])]
    .filter((name) => !excludeByName[name])
    .sort((a, b) => (indexByName[a] ?? 1e9) - (indexByName[b] ?? 1e9));
  const rows = [...byLabels.values()]
    .map((row) => names.map((name) => row[name]))
    .sort((a, b) => String(a).localeCompare(String(b), undefined, { numeric: true }));
  return { heads: names.map((name) => /** @type {string} */ (renameByName[name] ?? name)), rows };
}
