// The controls above the panels: a choice for each variable, the time range, pause, dark or light.

import { RANGES } from "./address.js";
import { format } from "./format.js";
import { ALL } from "./interpolate.js";

/** @import { Variable } from "./types.d.ts" */

/**
 * A variable's control: one value of a list, or any number of them.
 * @param {Variable} variable
 * @param {readonly string[]} values
 * @param {readonly string[]} chosen
 * @param {(chosen: string[]) => void} onChange
 */
export function variableControl({ name, label = name, multi = false }, values, chosen, onChange) {
  return multi ? manyOf(label, values, chosen, onChange) : oneOf(label, values, values, chosen[0], onChange).label;
}

/** @param {number} chosen @param {(seconds: number) => void} onChange */
export function rangeControl(chosen, onChange) {
  const texts = RANGES.map((seconds) => `last ${format(seconds, "s")}`);
  return oneOf("Time", RANGES.map(String), texts, String(chosen), ([value]) => onChange(Number(value)));
}

/** A button. @param {string} id @param {string} text @param {() => void} onClick */
export function toggle(id, text, onClick) {
  const button = document.createElement("button");
  button.id = id;
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", onClick);
  return button;
}

/**
 * @param {string} text
 * @param {readonly string[]} values
 * @param {readonly string[]} texts
 * @param {string | undefined} chosen
 * @param {(chosen: string[]) => void} onChange
 */
function oneOf(text, values, texts, chosen, onChange) {
  const [label, select] = [document.createElement("label"), document.createElement("select")];
  select.append(...values.map((value, index) => new Option(texts[index] ?? value, value, false, value === chosen)));
  select.addEventListener("change", () => onChange([select.value]));
  label.append(`${text} `, select);
  return { label, select };
}

/**
 * @param {string} text
 * @param {readonly string[]} values
 * @param {readonly string[]} chosen
 * @param {(chosen: string[]) => void} onChange
 */
function manyOf(text, values, chosen, onChange) {
  const [details, summary, list] = ["details", "summary", "fieldset"].map((tag) => document.createElement(tag));
  if (!details || !summary || !list) throw new Error("unreachable");
  list.ariaLabel = text;
  const say = (/** @type {readonly string[]} */ now) => {
    summary.textContent = `${text}: ${now.includes(ALL) || now.length === 0 ? "all" : now.join(", ")}`;
  };
  const boxes = values.map((value) => {
    const [label, box] = [document.createElement("label"), document.createElement("input")];
    box.type = "checkbox";
    box.value = value;
    box.checked = chosen.includes(value);
    label.append(box, ` ${value}`);
    list.append(label);
    return box;
  });
  list.addEventListener("change", () => {
    const now = boxes.filter((box) => box.checked).map((box) => box.value);
    say(now);
    onChange(now.length === 0 ? [ALL] : now);
  });
  say(chosen);
  details.append(summary, list);
  return details;
}
