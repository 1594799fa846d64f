// The picture of the testbed (lib/picture/svg.ts), which `up` hands over, with what its links do at
// the moment. A click on a link or a host chooses it, so that the panels show it alone. Nothing can
// be changed here.

import { LINK_QUERIES, linkLines, loadOf } from "./link-lines.js";
import { querySeries, readText } from "./prometheus.js";

/** @import { Window } from "./types.d.ts" */

const NO_DATA = "no data";

/**
 * Fills the element, or hides it where no picture is.
 * @param {HTMLElement} place
 * @param {(name: string) => void} choose
 */
export async function createPicture(place, choose) {
  const text = await readText("picture.svg").catch(() => null);
  place.hidden = text === null;
  if (text === null) return { refresh: async () => {} };
  const drawing = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  drawing.setAttribute("role", "group"); // nothing within an image is read aloud
  place.replaceChildren(document.importNode(drawing, true));
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
      const linesOf = (/** @type {SVGElement} */ { dataset }) => lines.filter(({ link }) => link === dataset.name);
      for (const group of groups(place, "g.link")) {
        const texts = groups(group, "[data-direction]").map((words) => {
          const { direction } = words.dataset;
          words.textContent = linesOf(group).find((line) => line.direction === direction)?.text ?? NO_DATA;
          return words.textContent;
        });
        label(group, texts);
      }
      for (const line of groups(place, "g.lines")) line.dataset.load = loadOf(linesOf(line));
    },
  };
}

/** @param {SVGElement} group @param {(name: string) => void} choose */
function makeChoice(group, choose) {
  const { name = "" } = group.dataset;
  group.setAttribute("role", "button");
  group.setAttribute("tabindex", "0");
  label(group, []);
  group.addEventListener("click", () => choose(name));
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault(); // the space bar would scroll the page
    choose(name);
  });
}

/** For screen readers. @param {SVGElement} group @param {readonly string[]} texts */
function label(group, texts) {
  group.setAttribute("aria-label", [`Show ${group.dataset.name} alone`, ...texts].join(", "));
}

/** @param {Element} place @param {string} selector */
function groups(place, selector) {
  return /** @type {SVGElement[]} */ ([...place.querySelectorAll(selector)]);
}
