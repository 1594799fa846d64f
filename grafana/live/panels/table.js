// A table of the latest values.

import { fieldSettings } from "../fields.js";
import { format } from "../format.js";
import { joinRows } from "../join-rows.js";

/** @import { CreateView } from "../types.d.ts" */

/** @type {CreateView} */
export function createTable(panel, body) {
  return {
    update(series) {
      const { heads, rows } = joinRows(panel, series);
      const table = document.createElement("table");
      const head = table.createTHead().insertRow();
      for (const text of heads) {
        const cell = document.createElement("th");
        cell.scope = "col";
        cell.textContent = text;
        head.append(cell);
      }
      const lines = table.createTBody();
      for (const row of rows) {
        const line = lines.insertRow();
        for (const [index, value] of row.entries()) {
          const { unit = "none", decimals } = fieldSettings(panel, heads[index] ?? "");
          const cell = line.insertCell();
          cell.textContent = typeof value === "string" ? value : format(value, unit, decimals);
          if (typeof value === "number") cell.className = "number";
        }
      }
      body.replaceChildren(table);
      return rows.length > 0;
    },
    destroy: () => body.replaceChildren(),
  };
}
