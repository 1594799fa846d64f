// One panel: its frame, and at every refresh its queries and their answers for the view of its
// type. `data-state` is its state: waiting, data, empty, error.

import { createUnknown, PANEL_TYPES } from "./panels/types.js";
import { querySeries, Unreachable } from "./prometheus.js";

/** @import { Moment, Panel, Window } from "./types.d.ts" */

/**
 * A panel in the page. Out of sight it need not be refreshed.
 * @param {Panel} panel
 * @param {HTMLElement} parent
 */
export function createPanel(panel, parent) {
  const { title = "", description = "", gridPos } = panel;
  const section = document.createElement("section");
  section.className = "panel";
  section.tabIndex = 0;
  section.dataset.state = "waiting";
  section.dataset.type = panel.type;
  section.setAttribute("aria-label", title);
  section.style.setProperty("--column", String(gridPos.x + 1));
  section.style.setProperty("--columns", String(gridPos.w));
  section.style.setProperty("--rows", String(gridPos.h));
  const { head, explanation } = headOf(title, description);
  const [body, state] = [document.createElement("div"), document.createElement("p")];
  body.className = "body";
  body.dataset.type = panel.type;
  state.className = "state";
  state.textContent = "waiting for data";
  section.append(head, explanation, body, state);
  parent.append(section);

  const known = Object.hasOwn(PANEL_TYPES, panel.type);
  const createView = PANEL_TYPES[panel.type] ?? createUnknown;
  let view = createView(panel, body);
  /** @type {Parameters<typeof view.update> | null} */
  let drawn = null;
  if (!known) section.dataset.state = "data";

  return {
    section,
    isInSight() {
      const { top, bottom } = section.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    },
    /**
     * Asks and draws; rejects only when Prometheus does not answer at all.
     * @param {(expression: string) => string} interpolate
     * @param {Window} window
     * @param {Moment[]} moments
     * @param {AbortSignal} signal
     */
    async refresh(interpolate, window, moments, signal) {
      if (!known) return;
      try {
        const asked = (panel.targets ?? []).map((target) =>
          querySeries(target, interpolate(target.expr), window, signal),
        );
        const series = (await Promise.all(asked)).flat();
        if (signal.aborted) return;
        section.dataset.state = "data"; // first, because a plot in a hidden element has no size
        drawn = [series, window, moments];
        if (view.update(...drawn)) return;
        section.dataset.state = "empty";
        state.textContent = "no data";
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Unreachable) throw error;
        section.dataset.state = "error";
        state.textContent = /** @type {Error} */ (error).message;
      }
    },
    /** Draws the same in the page's colours of now. */
    recolour() {
      view.destroy();
      view = createView(panel, body);
      if (drawn !== null) view.update(...drawn);
    },
    destroy() {
      view.destroy();
      section.remove();
    },
  };
}

/** @param {string} title @param {string} description */
function headOf(title, description) {
  const [head, heading, explanation, button] = [
    document.createElement("div"),
    document.createElement("h3"),
    document.createElement("p"),
    document.createElement("button"),
  ];
  heading.textContent = title;
  head.append(heading);
  explanation.className = "description";
  explanation.textContent = description;
  explanation.hidden = true;
  button.type = "button";
  button.className = "how";
  button.textContent = "?";
  button.setAttribute("aria-label", `How to read ${title}`);
  button.setAttribute("aria-expanded", "false");
  button.title = description;
  button.addEventListener("click", () => {
    explanation.hidden = !explanation.hidden;
    button.setAttribute("aria-expanded", String(!explanation.hidden));
  });
  if (description !== "") head.append(button);
  return { head, explanation };
}
