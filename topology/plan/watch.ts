// The lists of the watchers: Prometheus watches addresses of services, `usage` watches processes.

import { METRICS_PORT } from "../../lib/contract/places.ts";
import { watcherKey } from "../model/capacity.ts";
import { pictureOf } from "../model/picture.ts";
import { MANAGEMENT, type Topology } from "../model/topology.ts";
import { nthWithin } from "../model/within.ts";
import { hostRole, type Watcher, watcherRole } from "../roles/table.ts";
import type { Layout } from "./layout.ts";
import { dockerName, watcherName } from "./names.ts";
import type { ObservedContainer } from "./observed.ts";
import type { WatchSpec } from "./step.ts";

/**
 * Everything that Prometheus scrapes and `usage` measures: every host and link, and the watchers
 * themselves.
 */
export function watchSpec(topology: Topology, layout: Layout, watchers: readonly Watcher[]): WatchSpec {
  const { name: scenario, hosts, links } = topology;
  const member = (name: string, role: string, hasMetrics: boolean, nth = 0) => ({
    host: name,
    role,
    container: dockerName(scenario, name),
    address: hasMetrics ? metricsAt(layout.addressOf(name, MANAGEMENT), nth) : null,
  });
  return {
    scenario,
    prometheus: watcherName(scenario, "prometheus"),
    usage: watcherName(scenario, "usage"),
    picture: pictureOf(topology),
    members: [
      ...hosts.map((host) => {
        const { name, role, options } = host;
        return member(name, role, hostRole(role, options).hasMetrics, nthWithin(host, hosts));
      }),
      ...links.map(({ name }) => member(name, "link", true)),
      ...watchers.map((name) => ({
        host: name,
        role: name,
        container: watcherName(scenario, name),
        address: watcherRole(name).hasMetrics ? metricsAt(layout.addressOf(watcherKey(name), MANAGEMENT)) : null,
      })),
    ],
  };
}

function metricsAt(address: string, nth = 0): string {
  return `${address}:${METRICS_PORT + nth}`;
}

/** Prometheus' targets in the form of its file (file_sd), the same text each time. */
export function targetsText({ scenario, members }: WatchSpec): string {
  const targets = members.flatMap(({ host, role, address }) =>
    address === null ? [] : [{ targets: [address], labels: { scenario, host, role } }],
  );
  return `${JSON.stringify(targets, null, 1)}\n`;
}

/**
 * The changing part of each watched container's identity: its process. It is compared with what
 * `usage` holds.
 */
export function processesText(watched: readonly { host: string; id: string; pid: number }[]): string {
  return watched.map(({ host, id, pid }) => `${host} ${id} ${pid}`).join("\n");
}

/** Why the watchers need new lists, or null if theirs are right. */
export function reasonToWatch(
  spec: WatchSpec,
  containers: ReadonlyMap<string, ObservedContainer>,
  made: ReadonlyMap<string, string>,
): string | null {
  if (made.has(spec.prometheus) || made.has(spec.usage)) return "they are made anew and know nobody";
  if (spec.members.some(({ container }) => made.has(container))) return "containers are made anew";
  if (containers.get(spec.prometheus)?.watching !== targetsText(spec)) return "Prometheus holds other targets";
  const now = spec.members.flatMap(({ host, container }) => {
    const process = containers.get(container)?.process;
    return process === undefined || process === null ? [] : [{ host, ...process }];
  });
  return containers.get(spec.usage)?.watching === processesText(now) ? null : "`usage` watches other containers";
}
