// Where people look: the addresses of Prometheus and of the live page that it serves, and why one is missing.

import type { ObservedContainer } from "../plan/observed.ts";

export interface Urls {
  prometheus: string | null;
  /** The dashboards, drawn without Grafana. */
  live: string | null;
  grafana: string | null;
  /** Why an address is missing. */
  reasons: Partial<Record<"prometheus" | "live" | "grafana", string>>;
}

/** The addresses of a scenario of which these containers exist. */
export function urlsOf(ours: readonly ObservedContainer[]): Urls {
  const prometheus = addressOf(ours, "prometheus");
  const scenario = ours[0]?.labels["rttlab.scenario"] ?? "";
  return {
    prometheus: prometheus.url,
    live: prometheus.url === null ? null : `${prometheus.url}user/`,
    grafana: null,
    reasons: {
      ...(prometheus.reason === null
        ? {}
        : { prometheus: `${prometheus.reason}; \`topology up ${scenario}\` mends it`, live: "Prometheus serves it" }),
      grafana: "it is not part of this testbed: the live page draws the same dashboards",
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

function addressOf(
  ours: readonly ObservedContainer[],
  role: string,
): { url: string; reason: null } | { url: null; reason: string } {
  const container = ours.find(({ labels }) => labels["rttlab.role"] === role);
  if (container === undefined) return { url: null, reason: "it is not there" };
  const { state, exitCode, hostPorts } = container;
  if (state === "exited") return { url: null, reason: `it exited with code ${exitCode}` };
  if (state !== "running") return { url: null, reason: "it does not run" };
  return { url: `http://127.0.0.1:${hostPorts[0]}/`, reason: null };
}
