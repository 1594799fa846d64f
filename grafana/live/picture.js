// The picture of the testbed (lib/picture/svg.ts), which `up` hands over, with what its links do at
// the moment. A click on a link or a host chooses it, so that the panels show it alone. Nothing can
// be changed here.

import { LINK_QUERIES, linkLines } from "./link-lines.js";
import { querySeries } from "./prometheus.js";

/** @import { Window } from "./types.d.ts" */

/**
 * Fills the element, or hides it where no picture is.
 * @param {HTMLElement} place
 * @param {(name: string) => void} choose
 */
export async function createPicture(place, choose) {
  const response = await fetch("picture.svg").catch(() => null);
  place.hidden = !response?.ok;
  if (!response?.ok) return { refresh: async () => {} };
  const drawing = new DOMParser().parseFromString(await response.text(), "image/svg+xml");
  place.replaceChildren(document.importNode(drawing.documentElement, true));
  for (const group of groups(place, "g.link, g.host")) makeChoice(group, choose);
  return {
    /**
     * Asks and draws; rejects as the queries do.
     * @param {(expression: string) => string} interpolate
     * @param {Window} window
     * @param {AbortSignal} signal
     */
    async refresh(interpolate, window, signal) {
      const asked = Object.entries(LINK_QUERIES).map(([refId, expr]) =>
        querySeries({ refId, expr, instant: true }, interpolate(expr), window, signal),
      );
      const lines = linkLines((await Promise.all(asked)).flat());
      for (const { link, direction, text } of lines) {
        const words = groups(place, `g.link[data-name="${CSS.escape(link)}"] [data-direction="${direction}"]`)[0];
        if (words !== undefined) words.textContent = text;
      }
      for (const [link, both] of Map.groupBy(lines, (line) => line.link)) {
        const loads = both.map(({ load }) => load);
        const load = loads.includes("full") ? "full" : loads.includes("some") ? "some" : "idle";
        for (const line of groups(place, `g.lines[data-name="${CSS.escape(link)}"]`)) line.dataset.load = load;
      }
    },
  };
}

/** @param {SVGElement} group @param {(name: string) => void} choose */
function makeChoice(group, choose) {
  const { name = "" } = group.dataset;
  group.setAttribute("role", "button");
  group.setAttribute("tabindex", "0");
  group.setAttribute("aria-label", `Show ${name} alone`);
  group.addEventListener("click", () => choose(name));
  group.addEventListener("keydown", ({ key }) => {
    if (key === "Enter" || key === " ") choose(name);
  });
}

/** @param {HTMLElement} place @param {string} selector */
function groups(place, selector) {
  return /** @type {SVGElement[]} */ ([...place.querySelectorAll(selector)]);
}
