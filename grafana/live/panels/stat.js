// Large numbers, one for each series.

import { fieldSettings } from "../fields.js";
import { format } from "../format.js";

/** @import { CreateView } from "../types.d.ts" */

/** @type {CreateView} */
export function createStat(panel, body) {
  return {
    update(series) {
      body.replaceChildren(
        ...series.map(({ name, values }) => {
          const { unit = "none", decimals } = fieldSettings(panel, name);
          const box = document.createElement("div");
          const [number, label] = [document.createElement("strong"), document.createElement("span")];
          number.textContent = format(values.at(-1), unit, decimals);
          label.textContent = name;
          box.append(number, label);
          return box;
        }),
      );
      return series.length > 0;
    },
    destroy: () => body.replaceChildren(),
  };
}
