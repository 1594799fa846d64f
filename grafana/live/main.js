// The live page: one dashboard at a time, refreshed every two seconds.
// docs/decisions/0004-live-page.md explains why it is plain modules that a browser runs as they
// are.

import { RANGES, readAddress, windowOf, writeAddress } from "./address.js";
import { rangeControl, toggle, variableControl } from "./controls.js";
import { timeOfDay } from "./format.js";
import { ALL, interpolate, parseLabelValues } from "./interpolate.js";
import { readMoments } from "./moments.js";
import { createPanel } from "./panel.js";
import { createPicture } from "./picture.js";
import { labelValues, readJson, Unreachable } from "./prometheus.js";

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
/** The one that is drawn: another than the chosen one until that has come. */
let dashboard = /** @type {Dashboard} */ ({ title: "", panels: [] });
/** @type {ReturnType<typeof createPanel>[]} */
let panels = [];
/** The chosen dashboard is not drawn yet, or Prometheus has nothing to choose from yet. */
let isToBuild = true;
let paused = false;
/** Something was chosen that must be fetched even while paused. */
let changed = true;
/** When everything that is drawn was asked for. */
let drawnAt = "";
let asking = new AbortController();
let wake = () => {};
const links = list.map(({ title }) => Object.assign(document.createElement("a"), { textContent: title }));
const range = rangeControl(shown.rangeSeconds, (rangeSeconds) => change({ rangeSeconds }));
const picture = await createPicture(element("picture"), showAlone);

element("dashboards").append(...links);
element("controls").append(
  range.label,
  toggle("pause", "Pause", togglePause),
  toggle("theme", "Dark or light", toggleTheme),
);
element("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the fragment of the address is for the view
  element("panels").focus();
});
addEventListener("hashchange", () => {
  isToBuild = true;
  change(readAddress(location.hash, names));
});
addEventListener("keydown", onKey);
document.addEventListener("visibilitychange", () => wake());
await follow();

/**
 * Refreshes while the page is open, at once after a choice. `aria-busy` says that the panels are
 * about to change.
 */
async function follow() {
  for (;;) {
    if (changed || isToBuild || !(paused || document.hidden)) {
      changed = false;
      asking = new AbortController();
      element("panels").ariaBusy = "true";
      await refresh(asking.signal);
      element("panels").ariaBusy = "false";
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
 * Takes a choice over: into the address, the head of the page, and the next refresh, which is now.
 * @param {Partial<typeof shown>} some
 */
function change(some) {
  shown = { ...shown, ...some };
  showChoice();
  changed = true;
  asking.abort();
  wake();
}

/** Writes what is chosen into the address and the head of the page, where the focus may be. */
function showChoice() {
  history.replaceState(null, "", writeAddress(shown));
  range.select.value = String(shown.rangeSeconds);
  for (const [index, link] of links.entries()) {
    const name = names[index] ?? "";
    link.href = writeAddress({ ...shown, dashboard: name });
    link.ariaCurrent = name === shown.dashboard ? "page" : null;
  }
}

/** Asks for what is in sight and draws it. @param {AbortSignal} signal */
async function refresh(signal) {
  const late = AbortSignal.timeout(ANSWER_WITHIN_MILLIS);
  const given = AbortSignal.any([signal, late]);
  const at = new Date();
  try {
    if (isToBuild) await build(given);
    await ask(at, given);
    given.throwIfAborted();
    drawnAt = timeOfDay(at);
    showTrouble(null);
  } catch (error) {
    if (!signal.aborted) showTrouble(late.aborted ? new Error("Prometheus takes too long to answer") : error);
  }
}

/**
 * Builds the chosen dashboard, once all that it takes has come: until then the one before stays.
 * @param {AbortSignal} signal
 */
async function build(signal) {
  /** @type {Dashboard} */
  const chosen = await readJson(`dashboards/${shown.dashboard}.generated.json`, signal);
  let choices = shown.choices;
  const controls = [];
  for (const variable of chosen.templating?.list ?? []) {
    const values = await valuesOf(variable, choices, signal);
    choices = { ...choices, [variable.name]: choose(variable, values, choices) };
    const onChange = (/** @type {string[]} */ now) => change({ choices: { ...shown.choices, [variable.name]: now } });
    controls.push(variableControl(variable, values, choices[variable.name] ?? [], onChange));
  }
  signal.throwIfAborted();
  dashboard = chosen;
  shown = { ...shown, choices };
  isToBuild = Object.values(choices).some((values) => values.length === 0);
  element("variables").replaceChildren(...controls);
  showChoice();
  drawPanels();
}

function drawPanels() {
  document.title = `${dashboard.title} · rttlab`;
  element("about").textContent = dashboard.description ?? "";
  for (const panel of panels) panel.destroy();
  panels = [];
  const place = element("panels");
  place.replaceChildren();
  for (const panel of dashboard.panels) {
    if (panel.type === "row") place.append(rowHead(panel.title ?? ""));
    else panels.push(createPanel(panel, place));
  }
}

/** @param {Date} at @param {AbortSignal} signal */
async function ask(at, signal) {
  const window = windowOf(at.getTime() / 1000, shown.rangeSeconds, element("panels").clientWidth / 2);
  const time = { stepSeconds: window.stepSeconds, rangeSeconds: shown.rangeSeconds };
  const variables = dashboard.templating?.list ?? [];
  const allValues = Object.fromEntries(variables.map(({ name, allValue = ".*" }) => [name, allValue]));
  const put = (/** @type {string} */ expression) => interpolate(expression, shown.choices, time, allValues);
  const moments = await readMoments(dashboard.annotations?.list ?? [], put, window, signal);
  showMoments(moments);
  const inSight = panels.filter((panel) => panel.isInSight());
  await Promise.all([
    picture.refresh(put, window, signal),
    ...inSight.map((panel) => panel.refresh(put, window, moments, signal)),
  ]);
}

/** @param {Variable} variable @param {typeof shown.choices} choices @param {AbortSignal} signal */
async function valuesOf({ query }, choices, signal) {
  const asked = typeof query === "string" ? parseLabelValues(query) : null;
  if (asked === null) throw new Error(`this page does not understand the variable's query ${JSON.stringify(query)}`);
  const time = { stepSeconds: 1, rangeSeconds: shown.rangeSeconds };
  return labelValues(asked.label, asked.selector && interpolate(asked.selector, choices, time), signal);
}

/**
 * The earlier choices that still exist.
 * @param {Variable} variable
 * @param {string[]} values
 * @param {typeof shown.choices} choices
 */
function choose({ name, includeAll = false }, values, choices) {
  const kept = (choices[name] ?? []).filter((value) => values.includes(value) || (includeAll && value === ALL));
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
  for (const panel of panels) panel.recolour();
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
  if (rangeSeconds !== undefined) change({ rangeSeconds });
}

/**
 * Says what is wrong and what to do; nothing when nothing is. A screen reader reads each change
 * aloud, so nothing is written twice.
 * @param {unknown} error
 */
function showTrouble(error) {
  const since = drawnAt === "" ? "" : ` What you see is from ${drawnAt}.`;
  const text = error === null ? "" : reasonOf(error) + since;
  const place = element("trouble");
  place.hidden = text === "";
  if (place.textContent !== text) place.textContent = text;
}

/** @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof Unreachable)) return /** @type {Error} */ (error).message.replace(/\.?$/, ".");
  return "Prometheus does not answer: the testbed is down, or its Prometheus has stopped. `npm run topology status` shows which, `npm run topology up` mends it. This page goes on by itself.";
}

/** @param {Moment[]} moments */
function showMoments(moments) {
  const texts = moments.slice(0, 5).map(({ seconds, text }) => `${timeOfDay(new Date(seconds * 1000))} ${text}`);
  element("moments").textContent = texts.length === 0 ? "" : `Marked: ${texts.join(" · ")}`;
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
