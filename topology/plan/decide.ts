// The fate of each thing that the topology wants or that exists: made, wired, set or removed, and
// why. Things that are right are not mentioned. plan.ts turns this into ordered steps.

import type { Background } from "../../lib/contract/contract.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import type { Topology } from "../model/topology.ts";
import { hostsApart } from "../model/within.ts";
import type { Publishable } from "../roles/table.ts";
import { isAtWork } from "./at-work.ts";
import { backgroundOf, reasonForBackground, takesBackground } from "./background.ts";
import { changes } from "./digest.ts";
import { hostSpec, wiringSpec } from "./hosts.ts";
import type { Layout } from "./layout.ts";
import { linkChanges } from "./link-changes.ts";
import { linkSpec } from "./links.ts";
import { dockerName, scenarioOf } from "./names.ts";
import { networkSpecs } from "./networks.ts";
import type { Observed, ObservedContainer, ObservedNetwork } from "./observed.ts";
import type { ContainerSpec, NetworkSpec, UntrackingSpec, VolumeSpec, WatchSpec, WiringSpec } from "./step.ts";
import { tcpSysctls } from "./tcp.ts";
import { reasonToUntrack, untrackingSpec } from "./untracking.ts";
import { reasonOfImage, reasonOfLostNetwork, reasonToCreate, reasonToRecreate, reasonToWire } from "./verdict.ts";
import { reasonToWatch, watchSpec } from "./watch.ts";
import { volumeSpecs, watcherSpec, watchersHere, watcherWiring } from "./watchers.ts";

/** An action on a thing, with its reason. */
export type Reasoned<Thing> = readonly [thing: Thing, because: string];

export interface Decisions {
  removedVolumes: Reasoned<string>[];
  volumes: Reasoned<VolumeSpec>[];
  removedContainers: Reasoned<string>[];
  removedNetworks: Reasoned<string>[];
  networks: Reasoned<NetworkSpec>[];
  /** Links before hosts, because they take longest to come up. */
  containers: Reasoned<ContainerSpec>[];
  wirings: Reasoned<WiringSpec>[];
  untrackings: Reasoned<UntrackingSpec>[];
  settings: Reasoned<{ container: string; settings: LinkSettings }>[];
  watches: Reasoned<WatchSpec>[];
  backgrounds: Reasoned<{ container: string; load: Background | null }>[];
}

export interface Choices {
  /** Ports of 127.0.0.1 at which watchers are published. */
  ports: Record<Publishable, number>;
  /** Whether load generators and RUDP endpoints run a background load. */
  background: boolean;
}

export function decide(topology: Topology, layout: Layout, observed: Observed, wishes: Choices): Decisions {
  const own = ownOf(topology.name, observed);
  const wantedNetworks = networkSpecs(topology, layout);
  const networks = wantedNetworks.flatMap((spec) => because(spec, reasonForNetwork(spec, own.networks.get(spec.name))));
  const networksMade = new Set(networks.map(([{ name }]) => name));

  const links = topology.links.map((link) => linkSpec(link, topology, layout, observed));
  const sysctls = tcpSysctls(topology, layout);
  const here = watchersHere(observed);
  const watchers = here.map((watcher) => watcherSpec(watcher, topology.name, layout, observed, wishes.ports));
  const hosts = [
    ...hostsApart(topology.hosts).map((host) => ({
      spec: hostSpec(host, topology, layout, observed, sysctls),
      wiring: wiringSpec(host, topology, layout, observed),
    })),
    ...watchers.map((spec) => ({ spec, wiring: watcherWiring(spec, observed) })),
  ];
  const within = topology.hosts
    .filter((host) => host.within !== undefined)
    .map((host) => hostSpec(host, topology, layout, observed, sysctls));
  const apart = [
    ...links.flatMap((spec) => because(spec, reasonToCreate(spec, own.containers.get(spec.name), networksMade))),
    ...hosts.flatMap(({ spec, wiring }) => because(spec, reasonForHost(spec, wiring, own, networksMade))),
  ];
  const made = new Set(apart.map(([{ name }]) => name));
  const containers = [...apart, ...within.flatMap((spec) => because(spec, reasonForWithin(spec, own, made)))];
  const reasons = new Map(containers.map(([{ name }, reason]) => [name, reason]));
  const wirings = hosts.flatMap(({ wiring }) =>
    because(wiring, reasons.has(wiring.container) ? NEW_HOST : reasonToWire(own.containers.get(wiring.name))),
  );
  for (const [{ name, container }] of wirings) {
    reasons.set(name, reasons.has(container) ? "its host is made anew" : "its host is wired again");
  }
  const volumes = volumeSpecs(topology.name);
  const watching = watchSpec(topology, layout, here);
  const untracking = untrackingSpec(
    topology,
    layout,
    observed,
    watchers.map(({ name }) => name),
  );
  const members = [...links, ...hosts.map(({ spec }) => spec), ...within].flatMap(
    ({ name }) => own.containers.get(name) ?? [],
  );
  const record = own.containers.get(untracking.name);
  const wanted = new Set([untracking.name, ...[...links, ...within].map(({ name }) => name)]);
  for (const { spec, wiring } of hosts) wanted.add(spec.name).add(wiring.name);
  const keptNetworks = wantedNetworks.filter(({ name }) => own.networks.has(name) && !networksMade.has(name));
  const kept = {
    scenario: topology.name,
    isStudied: observed.isStudied,
    containers: new Map([...own.containers].filter(([name]) => wanted.has(name) && !reasons.has(name))),
    networks: new Set(keptNetworks.map(({ name }) => name)),
  };

  return {
    removedContainers: [...own.containers].flatMap(([name, container]) => {
      if (wanted.has(name)) return because(name, reasons.get(name) ?? null);
      return because(name, isAtWork(container, kept) ? null : "the scenario has no such host or link");
    }),
    removedNetworks: [...own.networks.keys()].flatMap((name) =>
      because(name, reasonToRemove(name, wantedNetworks, networks)),
    ),
    removedVolumes: [...own.volumes].flatMap((name) =>
      because(name, volumes.some((volume) => volume.name === name) ? null : "the scenario has no such volume"),
    ),
    volumes: volumes.flatMap((volume) => because(volume, own.volumes.has(volume.name) ? null : "it is not there")),
    networks,
    containers,
    wirings,
    untrackings: because(untracking, reasonToUntrack(untracking, record, containers.length > 0, members)),
    settings: topology.links.flatMap(({ settings }, index) => {
      const { name: container } = links[index] as ContainerSpec;
      const held = own.containers.get(container)?.linkSettings;
      if (!held || reasons.has(container)) return [];
      return because({ container, settings }, linkChanges(held, settings).join("; ") || null);
    }),
    watches: because(watching, reasonToWatch(watching, own.containers, reasons)),
    backgrounds: topology.hosts.filter(takesBackground).flatMap((host) => {
      const load = wishes.background ? backgroundOf(host, topology) : null;
      const container = dockerName(topology.name, host.name);
      const held = own.containers.get(container)?.background ?? null;
      return because({ container, load }, reasonForBackground(load, held, reasons.has(container)));
    }),
  };
}

const NEW_HOST = "its routes and offloads are those of a new host";

interface Own {
  containers: ReadonlyMap<string, ObservedContainer>;
  networks: ReadonlyMap<string, ObservedNetwork>;
  volumes: ReadonlySet<string>;
  programImages: Observed["programImages"];
}

function ownOf(scenario: string, { containers, networks, volumes, programImages }: Observed): Own {
  const isOwn = ({ labels }: { labels: Record<string, string> }) => scenarioOf(labels) === scenario;
  return {
    containers: new Map(containers.filter(isOwn).map((container) => [container.name, container])),
    networks: new Map(networks.filter(isOwn).map((network) => [network.name, network])),
    volumes: new Set(volumes.filter(isOwn).map(({ name }) => name)),
    programImages,
  };
}

function because<Thing>(thing: Thing, reason: string | null): Reasoned<Thing>[] {
  return reason === null ? [] : [[thing, reason]];
}

function reasonForNetwork(spec: NetworkSpec, existing: ObservedNetwork | undefined): string | null {
  if (existing === undefined) return "it is not there";
  const changed = changes(existing.labels, spec.labels);
  return changed.length === 0 ? null : `changed: ${changed.join(", ")}`;
}

function reasonForHost(
  spec: ContainerSpec,
  wiring: WiringSpec,
  { containers, programImages }: Own,
  networksMade: ReadonlySet<string>,
): string | null {
  const existing = containers.get(spec.name);
  const reason = reasonToCreate(spec, existing, networksMade);
  if (reason !== null || existing === undefined) return reason;
  return (
    reasonOfImage(spec, existing, programImages) ?? reasonToRecreate(wiring, existing, containers.get(wiring.name))
  );
}

/** `made`: the containers that are made anew. */
function reasonForWithin(spec: ContainerSpec, { containers }: Own, made: ReadonlySet<string>): string | null {
  const [existing, outer] = [containers.get(spec.name), containers.get(spec.inside ?? "")];
  const reason = reasonToCreate(spec, existing, new Set());
  if (reason !== null) return reason;
  if (made.has(spec.inside ?? "")) return "the host that it is within is made anew";
  return existing && outer ? reasonOfLostNetwork(existing, outer) : null;
}

function reasonToRemove(
  name: string,
  wanted: readonly NetworkSpec[],
  made: readonly Reasoned<NetworkSpec>[],
): string | null {
  if (!wanted.some((spec) => spec.name === name)) return "the scenario has no such network";
  return made.find(([spec]) => spec.name === name)?.[1] ?? null;
}
