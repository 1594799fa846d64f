// Addresses for people: Prometheus, the live page that it serves, and Grafana, or why one is
// missing.

import { roleOf } from "../plan/names.ts";
import type { ObservedContainer } from "../plan/observed.ts";
import { GRAFANA_IMAGE } from "../roles/images.ts";
import { upLine } from "./advice.ts";

export interface Urls {
  prometheus: string | null;
  /** The dashboards, drawn without Grafana. */
  live: string | null;
  grafana: string | null;
  /** Why an address is missing. */
  reasons: Partial<Record<"prometheus" | "live" | "grafana", string>>;
}

const ANSWERS_WITHIN_MILLIS = 3000;

/**
 * The addresses of a scenario with these containers, each of which has just answered. `word`: the
 * one it was brought up with.
 */
export async function urlsOf(ours: readonly ObservedContainer[], word: string): Promise<Urls> {
  const mended = (reason: string) => `${reason}; ${upLine(word)} mends it`;
  const [prometheus, grafana] = await Promise.all([
    look(find(ours, "prometheus"), "-/ready"),
    look(find(ours, "grafana"), "api/health"),
  ]);
  return {
    prometheus: prometheus.url,
    live: prometheus.url && `${prometheus.url}user/`,
    grafana: grafana.url,
    reasons: {
      ...(prometheus.url === null && { prometheus: mended(prometheus.reason), live: "Prometheus serves it" }),
      ...(grafana.url === null && {
        grafana: find(ours, "grafana") === undefined ? NO_GRAFANA : mended(grafana.reason),
      }),
    },
  };
}

/** The addresses for people, or why one is missing. */
export function describeUrls({ reasons, ...urls }: Urls): string[][] {
  return WORDS.map(([name, word]) => [word, urls[name] ?? `none: ${reasons[name]}`]);
}

const WORDS = [
  ["live", "live page"],
  ["prometheus", "Prometheus"],
  ["grafana", "Grafana"],
] as const;

const NO_GRAFANA = `${GRAFANA_IMAGE} could not be had when it came up; the live page draws the same dashboards`;

type Found = { url: string } | { url: null; reason: string };

async function look(container: ObservedContainer | undefined, healthPath: string): Promise<Found> {
  if (container === undefined) return { url: null, reason: "it is not there" };
  const { state, exitCode, hostPorts } = container;
  if (state === "exited") return { url: null, reason: `it exited with code ${exitCode}` };
  if (state !== "running") return { url: null, reason: "it does not run" };
  const url = `http://127.0.0.1:${hostPorts[0]}/`;
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MILLIS);
  const answered = await fetch(`${url}${healthPath}`, { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
  return answered ? { url } : { url: null, reason: `it does not answer at ${url}` };
}

function find(ours: readonly ObservedContainer[], role: string): ObservedContainer | undefined {
  return ours.find(({ labels }) => roleOf(labels) === role);
}
