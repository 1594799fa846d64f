// The watchers of a testbed as containers: each on the management network alone, wired so that it
// cannot leave it.

import { watcherKey } from "../model/capacity.ts";
import { MANAGEMENT } from "../model/topology.ts";
import { type Publishable, WATCHERS, type Watcher, watcherRole } from "../roles/table.ts";
import { sealed } from "./digest.ts";
import type { Layout } from "./layout.ts";
import { belongingName, dockerName, labelsOf, watcherName, wiringLabels, wiringName } from "./names.ts";
import type { Observed } from "./observed.ts";
import type { ContainerSpec, Mount, VolumeSpec, WiringSpec } from "./step.ts";
import { CONGESTION_CONTROL } from "./tcp.ts";

/** The watchers that the machine can have. */
export function watchersHere({ hasGrafana }: Pick<Observed, "hasGrafana">): Watcher[] {
  return WATCHERS.filter((watcher) => watcher !== "grafana" || hasGrafana);
}

/** A watcher's container. Its service for people is published at its port of 127.0.0.1. */
export function watcherSpec(
  watcher: Watcher,
  scenario: string,
  layout: Layout,
  { imageTags }: Observed,
  ports: Readonly<Record<Publishable, number>>,
): ContainerSpec {
  const role = watcherRole(watcher);
  const addressOf = (one: string) => layout.addressOf(watcherKey(one as Watcher), MANAGEMENT);
  const mounts = mountsOf(watcher, scenario);
  const { page, readyMessage, seesMachineCgroups } = role;
  return sealed({
    name: watcherName(scenario, watcher),
    hostname: watcher,
    labels: labelsOf(scenario, watcher, watcher),
    attachments: [{ network: dockerName(scenario, MANAGEMENT), address: addressOf(watcher) }],
    extraHosts: {},
    sysctls: { "net.ipv6.conf.all.disable_ipv6": "1" },
    user: role.user,
    capabilities: [],
    pidsLimit: role.pidsLimit,
    image: imageTags[role.image],
    command: role.command(scenario),
    environment: role.environment(addressOf),
    tmpfs: role.tmpfs,
    memoryBytes: role.memoryBytes,
    ports: page === null ? [] : [{ containerPort: page.port, hostPort: ports[watcher as Publishable] }],
    ...(mounts.length > 0 && { mounts }),
    ...(readyMessage !== undefined && { readyMessage }),
    ...(seesMachineCgroups !== undefined && { seesMachineCgroups }),
  });
}

/** The volumes in which watchers keep data beyond a restart. */
export function volumeSpecs(scenario: string): VolumeSpec[] {
  return WATCHERS.filter((watcher) => watcherRole(watcher).keeps !== undefined).map((watcher) => ({
    name: volumeName(scenario, watcher),
    labels: labelsOf(scenario, watcher, watcher),
  }));
}

/**
 * No routes beyond the management network and no default route; its gateway remains, because
 * published ports answer through it.
 */
export function watcherWiring(container: ContainerSpec, { imageTags }: Observed): WiringSpec {
  const { name, labels } = container;
  return sealed({
    name: wiringName(name),
    container: name,
    image: imageTags.host,
    labels: wiringLabels(labels),
    routes: [],
    congestionControl: CONGESTION_CONTROL,
    blackholes: [],
    dataAddresses: [],
  });
}

function mountsOf(watcher: Watcher, scenario: string): Mount[] {
  const { keeps, reads = {} } = watcherRole(watcher);
  const kept =
    keeps === undefined ? [] : [{ source: { volume: volumeName(scenario, watcher) }, target: keeps, readOnly: false }];
  return [...kept, ...Object.entries(reads).map(([target, path]) => ({ source: { path }, target, readOnly: true }))];
}

function volumeName(scenario: string, watcher: Watcher): string {
  return belongingName(watcherName(scenario, watcher), "data");
}
