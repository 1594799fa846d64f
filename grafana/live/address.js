// The current view as the fragment of the page's address, so that it can be kept and handed on:
// #server?range=900&host=server. Pure.

/** Ranges that can be chosen, in seconds. */
export const RANGES = [60, 300, 900, 3600, 21_600];

/**
 * @typedef {{ dashboard: string, rangeSeconds: number, choices: Record<string, string[]> }} Shown
 */

/**
 * @param {string} fragment with or without its #
 * @param {readonly string[]} dashboards
 * @returns {Shown}
 */
export function readAddress(fragment, dashboards) {
  const [name = "", query = ""] = fragment.replace(/^#/, "").split("?");
  const words = new URLSearchParams(query);
  const range = Number(words.get("range"));
  words.delete("range");
  const names = [...new Set(words.keys())];
  return {
    dashboard: dashboards.includes(name) ? name : (dashboards[0] ?? ""),
    rangeSeconds: RANGES.includes(range) ? range : 300,
    choices: Object.fromEntries(names.map((key) => [key, words.getAll(key)])),
  };
}

/** @param {Shown} shown */
export function writeAddress({ dashboard, rangeSeconds, choices }) {
  const words = new URLSearchParams({ range: String(rangeSeconds) });
  for (const [name, values] of Object.entries(choices)) for (const value of values) words.append(name, value);
  return `#${dashboard}?${words}`;
}

/**
 * The window that ends now, its ends on whole steps, with about two pixels a step.
 * @param {number} nowSeconds
 * @param {number} rangeSeconds
 * @param {number} widthPixels
 */
export function windowOf(nowSeconds, rangeSeconds, widthPixels) {
  const stepSeconds = Math.max(1, Math.ceil(rangeSeconds / Math.max(100, widthPixels / 2)));
  const endSeconds = Math.floor(nowSeconds / stepSeconds) * stepSeconds;
  const startSeconds = endSeconds - Math.floor(rangeSeconds / stepSeconds) * stepSeconds;
  return { startSeconds, endSeconds, stepSeconds };
}
