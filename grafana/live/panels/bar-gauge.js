// A bar for each series, from the panel's minimum to its maximum; thresholds choose the colour.

import { namedColor } from "../colors.js";
import { fieldSettings } from "../fields.js";
import { format } from "../format.js";

/** @import { CreateView } from "../types.d.ts" */

/** @type {CreateView} */
export function createBarGauge(panel, body) {
  return {
    update(series) {
      const largest = Math.max(0, ...series.map(({ values }) => values.at(-1) ?? 0));
      body.replaceChildren(
        ...series.map(({ name, values }) => {
          const { unit = "none", decimals, min = 0, max = largest, thresholds } = fieldSettings(panel, name);
          const value = values.at(-1) ?? Number.NaN;
          const text = format(value, unit, decimals);
          const share = Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
          return bar(name, text, Number.isNaN(share) ? 0 : share, thresholdColor(thresholds?.steps ?? [], value));
        }),
      );
      return series.length > 0;
    },
    destroy: () => body.replaceChildren(),
  };
}

/** @param {string} name @param {string} text @param {number} share @param {string} color */
function bar(name, text, share, color) {
  const row = document.createElement("div");
  const [label, track, fill, number] = ["span", "div", "i", "b"].map((tag) => document.createElement(tag));
  if (!label || !track || !fill || !number) return row;
  label.textContent = name;
  number.textContent = text;
  fill.style.width = `${share * 100}%`;
  fill.style.background = color;
  track.setAttribute("role", "meter");
  track.setAttribute("aria-label", name);
  track.setAttribute("aria-valuemin", "0");
  track.setAttribute("aria-valuemax", "1");
  track.setAttribute("aria-valuenow", share.toFixed(3));
  track.setAttribute("aria-valuetext", text);
  track.append(fill);
  row.append(label, track, number);
  return row;
}

/** @param {{ value: number | null, color: string }[]} steps @param {number} value */
function thresholdColor(steps, value) {
  const reached = steps.filter((step) => step.value === null || value >= step.value).at(-1);
  return namedColor(reached?.color ?? "green");
}
