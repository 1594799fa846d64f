// Prometheus' HTTP API, on the origin that this page came from.
// https://prometheus.io/docs/prometheus/latest/querying/api/

import { seriesName } from "./interpolate.js";

/** @import { Labels, Series, Target, Window } from "./types.d.ts" */

/** Prometheus does not answer at all, as after `topology down`. */
export class Unreachable extends Error {}

/**
 * The series of a target over the window, or at its end for an instant one. Rejects with
 * Prometheus' own words.
 * @param {Target} target
 * @param {string} expression the target's, with its variables replaced
 * @param {Window} window
 * @param {AbortSignal} signal
 * @returns {Promise<Series[]>}
 */
export async function querySeries(target, expression, { startSeconds, endSeconds, stepSeconds }, signal) {
  const words = target.instant
    ? { query: expression, time: String(endSeconds) }
    : { query: expression, start: String(startSeconds), end: String(endSeconds), step: String(stepSeconds) };
  const { result } = await ask(target.instant ? "query" : "query_range", words, signal);
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
 * @returns {Promise<string[]>}
 */
export function labelValues(label, selector) {
  const words = selector === null ? {} : { "match[]": selector };
  const start = String(Math.floor(Date.now() / 1000) - 3600);
  return ask(`label/${encodeURIComponent(label)}/values`, { ...words, start }, AbortSignal.timeout(10_000));
}

/**
 * @param {string} path
 * @param {Record<string, string>} words
 * @param {AbortSignal} signal
 */
async function ask(path, words, signal) {
  const get = () => fetch(`/api/v1/${path}?${new URLSearchParams(words)}`, { signal, cache: "no-store" });
  // Chromium breaks requests off whenever a network interface of the machine comes or goes, as with
  // every container.
  const response = await get()
    .catch(get)
    .catch((cause) => {
      throw signal.aborted ? cause : new Unreachable("Prometheus does not answer", { cause });
    });
  const answer = await response.json().catch(() => null);
  if (answer?.status !== "success") throw new Error(answer?.error ?? `Prometheus answered ${response.status}`);
  return answer.data;
}
