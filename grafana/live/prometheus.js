// Prometheus' HTTP API, and its files, on the origin that this page came from.
// https://prometheus.io/docs/prometheus/latest/querying/api/

import { seriesName } from "./interpolate.js";

/** @import { Labels, Series, Target, Window } from "./types.d.ts" */

/** Prometheus does not answer at all, as after `topology down`. */
export class Unreachable extends Error {}

/** For what is asked for once, when the page opens. */
const SOON_MILLIS = 10_000;

/**
 * The series of a target over the window, or now for an instant one, because a window ends on a
 * whole step. Rejects with Prometheus' own words.
 * @param {Target} target
 * @param {string} expression the target's, with its variables replaced
 * @param {Window} window
 * @param {AbortSignal} signal
 * @returns {Promise<Series[]>}
 */
export async function querySeries(target, expression, { startSeconds, endSeconds, stepSeconds }, signal) {
  const words = { query: expression, start: String(startSeconds), end: String(endSeconds), step: String(stepSeconds) };
  const { result } = await (target.instant
    ? ask("query", { query: expression }, signal)
    : ask("query_range", words, signal));
  return result.map(
    (/** @type {{ metric: Labels, value?: Sample, values?: Sample[] }} */ { metric, value, values }) => {
      const samples = values ?? (value === undefined ? [] : [value]);
      return {
        refId: target.refId,
        name: seriesName(target.legendFormat, metric),
        labels: metric,
        times: samples.map(([seconds]) => seconds),
        values: samples.map(([, text]) => Number(text)),
      };
    },
  );
}

/** @typedef {[seconds: number, value: string]} Sample */

/**
 * The values of a label, of the series that a selector names or of all; those of the last hour.
 * @param {string} label
 * @param {string | null} selector
 * @param {AbortSignal} signal
 * @returns {Promise<string[]>}
 */
export function labelValues(label, selector, signal) {
  const words = selector === null ? {} : { "match[]": selector };
  const start = String(Math.floor(Date.now() / 1000) - 3600);
  return ask(`label/${encodeURIComponent(label)}/values`, { ...words, start }, signal);
}

/** A file beside this page. @param {string} path @param {AbortSignal} [signal] */
export async function readJson(path, signal) {
  return (await read(path, signal)).json();
}

/** @param {string} path */
export async function readText(path) {
  return (await read(path)).text();
}

/** @param {string} path @param {AbortSignal} [signal] */
async function read(path, signal = AbortSignal.timeout(SOON_MILLIS)) {
  const response = await fetchTwice(path, signal);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

/**
 * @param {string} path
 * @param {Record<string, string>} words
 * @param {AbortSignal} signal
 */
async function ask(path, words, signal) {
  const response = await fetchTwice(`/api/v1/${path}?${new URLSearchParams(words)}`, signal);
  const answer = await response.json().catch(() => null);
  if (answer?.status !== "success") throw new Error(answer?.error ?? `Prometheus answered ${response.status}`);
  return answer.data;
}

/**
 * Chromium breaks requests off whenever a network interface of the machine comes or goes, as with
 * every container.
 * @param {string} address
 * @param {AbortSignal} signal
 */
function fetchTwice(address, signal) {
  const get = () => fetch(address, { signal, cache: "no-store" });
  return get()
    .catch(get)
    .catch((cause) => {
      throw signal.aborted ? cause : new Unreachable("Prometheus does not answer", { cause });
    });
}
