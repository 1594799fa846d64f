// The live page: one dashboard at a time, refreshed every two seconds.
// docs/decisions/0004-live-page.md explains why it is plain modules that a browser runs as they
// are.

import { RANGES, readAddress, windowOf, writeAddress } from "./address.js";
import { rangeControl, toggle, variableControl } from "./controls.js";
import { ALL, interpolate, parseLabelValues } from "./interpolate.js";
import { readMoments } from "./moments.js";
import { createPanel } from "./panel.js";
import { createPicture } from "./picture.js";
import { labelValues, Unreachable } from "./prometheus.js";

/** @import { Dashboard, Moment, Variable } from "./types.d.ts" */

const REFRESH_MILLIS = 2000;
/** Queries that take longer are given up, and the page says so. */
const ANSWER_WITHIN_MILLIS = 15_000;

const root = document.documentElement;
root.dataset.theme =
  localStorage.getItem("theme") ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");

/** @type {{ name: string, title: string }[]} */
const list = await readJson("dashboards.generated.json");
const names = list.map(({ name }) => name);

let shown = readAddress(location.hash, names);
/** @type {Dashboard} */
let dashboard = { title: "", panels: [] };
/** @type {ReturnType<typeof createPanel>[]} */
let panels = [];
let paused = false;
/** Something was chosen that must be fetched even while paused. */
let changed = true;
let asking = new AbortController();
let wake = () => {};
/** Works that `busyUntil` waits for. */
let underWay = 0;
const picture = await createPicture(element("picture"), showAlone);

addEventListener("hashchange", () => {
  shown = readAddress(location.hash, names);
  void busyUntil(show());
});
addEventListener("keydown", onKey);
document.addEventListener("visibilitychange", () => wake());
await busyUntil(show());
await follow();

/** Refreshes while the page is open, at once after a choice. */
async function follow() {
  for (;;) {
    if (changed || !(paused || document.hidden)) {
      changed = false;
      asking = new AbortController();
      await busyUntil(refresh(asking.signal));
    }
    const { promise, resolve } = Promise.withResolvers();
    wake = () => resolve(null);
    if (changed) continue;
    const timer = setTimeout(wake, REFRESH_MILLIS);
    await promise;
    clearTimeout(timer);
  }
}

/**
 * Says in `aria-busy` that the panels are about to change, until this work and every other is done.
 * @param {Promise<void>} work
 */
async function busyUntil(work) {
  const count = (/** @type {1 | -1} */ by) => {
    underWay += by;
    element("panels").ariaBusy = String(underWay > 0);
  };
  count(1);
  await work.finally(() => count(-1));
}

/** Builds the chosen dashboard anew. */
async function show() {
  for (const panel of panels) panel.destroy();
  panels = [];
  dashboard = await readJson(`dashboards/${shown.dashboard}.generated.json`);
  document.title = `${dashboard.title} · rttlab`;
  element("about").textContent = dashboard.description ?? "";
  const place = element("panels");
  place.replaceChildren();
  for (const panel of dashboard.panels) {
    if (panel.type === "row") place.append(rowHead(panel.title ?? ""));
    else panels.push(createPanel(panel, place));
  }
  await showControls().catch(showTrouble);
  change({});
}

async function showControls() {
  const controls = [];
  for (const variable of dashboard.templating?.list ?? []) {
    const values = await valuesOf(variable);
    const chosen = choose(variable, values);
    shown.choices[variable.name] = chosen;
    const onChange = (/** @type {string[]} */ now) => change({ choices: { ...shown.choices, [variable.name]: now } });
    controls.push(variableControl(variable, values, chosen, onChange));
  }
  element("controls").replaceChildren(
    ...controls,
    rangeControl(shown.rangeSeconds, (rangeSeconds) => change({ rangeSeconds })),
    toggle("pause", paused ? "Go on" : "Pause", togglePause),
    toggle("theme", "Dark or light", toggleTheme),
  );
}

/**
 * Takes a choice over: into the address, the links, and the next refresh, which is now. @param
 * {Partial<typeof shown>} some
 */
function change(some) {
  shown = { ...shown, ...some };
  history.replaceState(null, "", writeAddress(shown));
  element("dashboards").replaceChildren(...list.map(({ name, title }) => dashboardLink(name, title)));
  changed = true;
  asking.abort();
  wake();
}

/** Asks for what is in sight and draws it. @param {AbortSignal} signal */
async function refresh(signal) {
  const window = windowOf(Date.now() / 1000, shown.rangeSeconds, element("panels").clientWidth / 2);
  const time = { stepSeconds: window.stepSeconds, rangeSeconds: shown.rangeSeconds };
  const variables = dashboard.templating?.list ?? [];
  const allValues = Object.fromEntries(variables.map(({ name, allValue = ".*" }) => [name, allValue]));
  const put = (/** @type {string} */ expression) => interpolate(expression, shown.choices, time, allValues);
  const late = AbortSignal.timeout(ANSWER_WITHIN_MILLIS);
  const given = AbortSignal.any([signal, late]);
  try {
    if (Object.values(shown.choices).some((chosen) => chosen[0] === undefined)) await showControls();
    const moments = await readMoments(dashboard.annotations?.list ?? [], put, window, given);
    showMoments(moments);
    const inSight = panels.filter((panel) => panel.isInSight());
    await Promise.all([
      picture.refresh(put, window, given),
      ...inSight.map((panel) => panel.refresh(put, window, moments, given)),
    ]);
    if (!signal.aborted) showTrouble(late.aborted ? new Error("Prometheus takes too long to answer") : null);
  } catch (error) {
    if (!signal.aborted) showTrouble(error);
  }
}

/** @param {Variable} variable */
async function valuesOf({ query }) {
  const asked = typeof query === "string" ? parseLabelValues(query) : null;
  if (asked === null) throw new Error(`this page does not understand the variable's query ${JSON.stringify(query)}`);
  const time = { stepSeconds: 1, rangeSeconds: shown.rangeSeconds };
  return labelValues(asked.label, asked.selector && interpolate(asked.selector, shown.choices, time));
}

/**
 * The earlier choices that still exist.
 * @param {Variable} variable
 * @param {string[]} values
 */
function choose({ name, includeAll = false }, values) {
  const kept = (shown.choices[name] ?? []).filter((value) => values.includes(value) || (includeAll && value === ALL));
  return kept.length > 0 ? kept : includeAll ? [ALL] : values.slice(0, 1);
}

/** The panels of one host or link, on the dashboard that has everything. @param {string} name */
function showAlone(name) {
  location.hash = writeAddress({ ...shown, dashboard: "testbed", choices: { ...shown.choices, host: [name] } });
  element("panels").scrollIntoView();
}

function togglePause() {
  paused = !paused;
  element("pause").textContent = paused ? "Go on" : "Pause";
  wake();
}

function toggleTheme() {
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
  void busyUntil(show());
}

/** @param {KeyboardEvent} event */
function onKey({ key, target, ctrlKey, metaKey, altKey }) {
  if (ctrlKey || metaKey || altKey || (target instanceof HTMLElement && target.closest("select, input"))) return;
  const numbered = names[Number(key) - 1];
  const at = panels.findIndex(({ section }) => section.contains(document.activeElement));
  if (numbered !== undefined) location.hash = writeAddress({ ...shown, dashboard: numbered });
  else if (key === "p") togglePause();
  else if (key === "t") toggleTheme();
  else if (key === "j") panels[Math.min(at + 1, panels.length - 1)]?.section.focus();
  else if (key === "k") panels[Math.max(at - 1, 0)]?.section.focus();
  else if (key === "+" || key === "-") stepRange(key === "+" ? 1 : -1);
  else if (key === "Enter" && target === panels[at]?.section) panels[at]?.section.classList.toggle("large");
  else if (key === "Escape") for (const { section } of panels) section.classList.remove("large");
}

/** @param {1 | -1} by */
function stepRange(by) {
  const rangeSeconds = RANGES[RANGES.indexOf(shown.rangeSeconds) + by];
  if (rangeSeconds === undefined) return;
  change({ rangeSeconds });
  void busyUntil(showControls().catch(showTrouble));
}

/** Says what is wrong and what to do; nothing when nothing is. @param {unknown} error */
function showTrouble(error) {
  const place = element("trouble");
  place.hidden = error === null;
  if (error instanceof Unreachable) {
    place.textContent =
      "Prometheus does not answer: the testbed is down, or its Prometheus has stopped. `npm run topology status` shows which, `npm run topology up` mends it. This page goes on by itself.";
  } else if (error !== null) place.textContent = /** @type {Error} */ (error).message;
}

/** @param {Moment[]} moments */
function showMoments(moments) {
  const texts = moments
    .slice(0, 5)
    .map(({ seconds, text }) => `${new Date(seconds * 1000).toLocaleTimeString()} ${text}`);
  element("moments").textContent = texts.length === 0 ? "" : `Marked: ${texts.join(" · ")}`;
}

/** @param {string} name @param {string} title */
function dashboardLink(name, title) {
  const link = document.createElement("a");
  link.href = writeAddress({ ...shown, dashboard: name });
  link.textContent = title;
  if (name === shown.dashboard) link.setAttribute("aria-current", "page");
  return link;
}

/** @param {string} title */
function rowHead(title) {
  const head = document.createElement("h2");
  head.textContent = title;
  return head;
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {string} path */
async function readJson(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}
