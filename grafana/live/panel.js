// One panel: its frame, and at every refresh its queries and their answers for the view of its
// type. `data-state` is its state: waiting, data, empty, error.

import { createUnknown, PANEL_TYPES } from "./panels/types.js";
import { querySeries, Unreachable } from "./prometheus.js";

/** @import { Moment, Panel, Window } from "./types.d.ts" */

/**
 * A panel in the page, which asks nothing while it is out of sight.
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
  const view = (PANEL_TYPES[panel.type] ?? createUnknown)(panel, body);
  if (!known) section.dataset.state = "data";
  let inSight = false;
  const observer = new IntersectionObserver(([entry]) => {
    inSight = entry?.isIntersecting ?? false;
  });
  observer.observe(section);

  return {
    section,
    isInSight: () => inSight,
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
        if (view.update(series, window, moments)) return;
        section.dataset.state = "empty";
        state.textContent = "no data";
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Unreachable) throw error;
        section.dataset.state = "error";
        state.textContent = /** @type {Error} */ (error).message;
      }
    },
    destroy() {
      observer.disconnect();
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
