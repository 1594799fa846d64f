// Queries a testbed's Prometheus, as the dashboards do, and waits for expected results.

import { setTimeout as delay } from "node:timers/promises";
import { type Choices, interpolate } from "../../grafana/live/interpolate.js";
import type { Dashboard, Panel, Target } from "../../grafana/live/types.d.ts";

export interface Sample {
  metric: Record<string, string>;
  value?: [seconds: number, value: string];
  values?: [seconds: number, value: string][];
}

const STEP_SECONDS = 1;

/** Series of an instant query; rejects with Prometheus' own message. */
export async function ask(prometheus: string, query: string): Promise<Sample[]> {
  return fetchResult(`${prometheus}api/v1/query?${new URLSearchParams({ query })}`);
}

/**
 * A panel's target as Grafana and the live page query it, over the last `rangeSeconds`, for all
 * hosts of a scenario.
 */
export function askTarget(
  prometheus: string,
  target: Target,
  choices: Choices,
  rangeSeconds: number,
): Promise<Sample[]> {
  const query = interpolate(target.expr, choices, { stepSeconds: STEP_SECONDS, rangeSeconds });
  if (target.instant) return ask(prometheus, query);
  const end = Math.floor(Date.now() / 1000);
  const words = { query, start: String(end - rangeSeconds), end: String(end), step: String(STEP_SECONDS) };
  return fetchResult(`${prometheus}api/v1/query_range?${new URLSearchParams(words)}`);
}

/** Whether any of the series has a number. */
export function holdsData(series: readonly Sample[]): boolean {
  return series.some(({ value, values = [] }) =>
    [...values, ...(value === undefined ? [] : [value])].some(([, text]) => Number.isFinite(Number(text))),
  );
}

/**
 * Repeats the query until it holds; rejects with what was awaited. Prometheus has no event to
 * await: it scrapes once a second.
 */
export async function until(what: string, isSo: () => Promise<boolean>, withinSeconds = 20): Promise<void> {
  for (const deadline = Date.now() + withinSeconds * 1000; Date.now() < deadline; await delay(250)) {
    if (await isSo()) return;
  }
  throw new Error(`waited ${withinSeconds} s in vain: ${what}`);
}

/** Panels with queries; rows are left out. */
export function panelsOf(dashboard: Dashboard): Panel[] {
  return dashboard.panels.filter(({ targets = [] }) => targets.length > 0);
}

async function fetchResult(url: string): Promise<Sample[]> {
  const answer = (await (await fetch(url)).json()) as { status: string; error: string; data: { result: Sample[] } };
  if (answer.status !== "success") throw new Error(`${url}: ${answer.error}`);
  return answer.data.result;
}
