// Colours of lines, chosen by a search for those that differ most, also for people with red-green
// colour blindness, and stand out from the page's paper. There are few of these, so that dashes
// distinguish lines of one colour.

/** In the same order on dark and light. */
export const SERIES = {
  dark: ["#6fa6f9", "#d7870b", "#67d7a2", "#a4497f", "#b93d35", "#a2e8ff", "#ffff2a", "#485de9"],
  light: ["#4076ef", "#d57c1d", "#07a76c", "#912f67", "#da4445", "#3e98b7", "#5c4300", "#390069"],
};

/** Those that dashboards name, by place. */
const NAMED = ["blue", "orange", "green", "purple", "red"];

/** @param {number} index */
export function seriesColor(index) {
  const colors = document.documentElement.dataset.theme === "light" ? SERIES.light : SERIES.dark;
  return /** @type {string} */ (colors[index % colors.length]);
}

/** A colour that a dashboard names, as this page shows it. @param {string} name */
export function namedColor(name) {
  const index = NAMED.indexOf(name);
  return index < 0 ? name : seriesColor(index);
}

/**
 * A line's dash and gap: those that its panel asks for, and longer gaps each time the colours begin
 * anew.
 * @param {number} index
 * @param {readonly number[]} [dash]
 */
export function lineDash(index, dash) {
  const round = Math.floor(index / SERIES.dark.length);
  if (round === 0) return dash;
  const [length = 2, gap = 0] = dash ?? [];
  return [length, gap + 4 * round];
}

/**
 * The page's own colours, as the style sheet has them now.
 * @param {"--ink" | "--faint" | "--grid" | "--paper"} name
 */
export function pageColor(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
