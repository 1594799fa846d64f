// A picture of its own for each level of a factor, with the same axes; one picture where none is
// asked for.

import type { TopLevelSpec } from "vega-lite";
import type { PlacedCells } from "./cells.ts";

/** `width` is that of a single picture. */
export function inPanels(
  layer: readonly object[],
  rows: readonly object[],
  { panel, panels }: PlacedCells,
  width: number | { step: number } = 560,
): TopLevelSpec {
  const data = { values: rows };
  if (panels.length < 2) return { data, width, height: 300, layer } as unknown as TopLevelSpec;
  const columns = panels.length === 4 ? 2 : Math.min(3, panels.length);
  return {
    data,
    facet: { field: "panel", type: "nominal", sort: panels, header: { title: panel?.label ?? "" } },
    columns,
    spec: { width: columns === 2 ? 330 : 230, height: 230, layer },
  } as unknown as TopLevelSpec;
}
