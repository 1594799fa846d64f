// Colours of series, readable on dark and light, and distinct also for people with red-green colour
// blindness (Okabe and Ito, 2008, adapted).

const SERIES = [
  "#3b8eea",
  "#e69f00",
  "#1fa774",
  "#cc79a7",
  "#d1495b",
  "#56b4e9",
  "#a08c00",
  "#8d6cd9",
  "#7f8c8d",
  "#c75f00",
];

/** @type {Readonly<Record<string, string>>} */
const NAMED = { green: "#1fa774", orange: "#e69f00", red: "#d1495b", blue: "#3b8eea" };

/** @param {number} index */
export function seriesColor(index) {
  return /** @type {string} */ (SERIES[index % SERIES.length]);
}

/** A colour that a dashboard names, as this page shows it. @param {string} name */
export function namedColor(name) {
  return NAMED[name] ?? name;
}

/**
 * The page's own colours, as the style sheet has them now. @param {"--ink" | "--faint" | "--grid" |
 * "--paper"} name
 */
export function pageColor(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
