// From what is wanted and what exists to the steps between them, each with its reason. Pure: the same in, the same out.
// Links come before hosts, because they take longest to come up.

import { RttlabError } from "../../lib/errors.ts";
import type { Host, Topology } from "../model/topology.ts";
import { changes } from "./digest.ts";
import { hostSpec, wiringSpec } from "./hosts.ts";
import { imageSteps } from "./images.ts";
import { type Layout, layOut } from "./layout.ts";
import { linkChanges } from "./link-changes.ts";
import { linkSpec } from "./links.ts";
import { wiringName } from "./names.ts";
import { networkSpecs } from "./networks.ts";
import type { Observed, ObservedContainer } from "./observed.ts";
import { choosePorts } from "./ports.ts";
import type { ContainerSpec, NetworkSpec, Plan, Step } from "./step.ts";
import { createContainer, createNetwork, removeContainer, removeNetwork, setLink, wireHost } from "./steps.ts";
import { reasonToCreate, reasonToRecreate, reasonToWire } from "./verdict.ts";
import { warningsOf } from "./warnings.ts";

/**
 * The steps that make what exists into the topology; none when it is so already.
 * Throws E_SUBNET_CLASH, E_NO_FREE_SUBNET, E_PORT_BUSY, E_NAME_CLASH.
 */
export function planUp(topology: Topology, observed: Observed): Plan {
  choosePorts(topology, observed);
  const layout = layOut(topology, observed);
  const own = ownOf(topology.name, observed);
  const networks = planNetworks(networkSpecs(topology, layout), own);
  const links = topology.links.map((link) => linkSpec(link, topology, layout, observed));
  const hosts = topology.hosts.map((host) => planHost(host, topology, layout, observed, own, networks.made));
  refuseNameClashes(topology.name, [...links, ...hosts.map(({ spec }) => spec)], observed);

  const created = [
    ...links.map((spec) => ({ spec, because: reasonToCreate(spec, own.containers.get(spec.name), networks.made) })),
    ...hosts,
  ].filter((wish): wish is { spec: ContainerSpec; because: string } => wish.because !== null);
  const wired = hosts.filter(({ wireBecause }) => wireBecause !== null);

  const removals = removalsOf(
    new Map([
      ...created.map(({ spec, because }) => [spec.name, because] as const),
      ...wired.map(
        ({ wiring, because }) => [wiring.name, because ? "its host is made anew" : "its host is wired again"] as const,
      ),
    ]),
    [...links, ...hosts.flatMap(({ spec, wiring }) => [spec, wiring])].map(({ name }) => name),
    own,
  );
  const networkRemovals = networks.removed.map(([name, because]) => removeNetwork(name, because, removals));
  const images = imageSteps(
    [...created.map(({ spec }) => spec.image), ...wired.map(({ wiring }) => wiring.image)],
    observed,
  );
  const before = [...removals, ...networkRemovals, ...images];
  const networkSteps = networks.created.map(([spec, because]) => createNetwork(spec, because, networkRemovals));
  const containerSteps = created.map(({ spec, because }) =>
    createContainer(spec, because, [...removals, ...images, ...networkSteps]),
  );
  const wiringSteps = wired.map(({ wiring, wireBecause }) =>
    wireHost(wiring, wireBecause as string, [...removals, ...images, ...containerSteps]),
  );
  const settingSteps = topology.links.flatMap((link, index) => {
    const { name } = links[index] as ContainerSpec;
    const held = own.containers.get(name)?.linkSettings;
    if (!held || created.some(({ spec }) => spec.name === name)) return [];
    const changed = linkChanges(held, link.settings);
    return changed.length === 0 ? [] : [setLink(name, link.settings, changed.join("; "))];
  });
  return {
    steps: [...before, ...networkSteps, ...containerSteps, ...wiringSteps, ...settingSteps],
    warnings: warningsOf(topology, layout, observed),
  };
}

interface Own {
  containers: ReadonlyMap<string, ObservedContainer>;
  networks: ReadonlyMap<string, Observed["networks"][number]>;
}

function ownOf(scenario: string, { containers, networks }: Observed): Own {
  const isOwn = ({ labels }: { labels: Record<string, string> }) => labels["rttlab.scenario"] === scenario;
  return {
    containers: new Map(containers.filter(isOwn).map((container) => [container.name, container])),
    networks: new Map(networks.filter(isOwn).map((network) => [network.name, network])),
  };
}

/** `wan` with a host `a-b` and `wan-a` with a host `b` would share a name. */
function refuseNameClashes(scenario: string, specs: readonly ContainerSpec[], { containers }: Observed): void {
  const others = containers.filter(({ labels }) => labels["rttlab.scenario"] !== scenario);
  const clash = others.find((other) => specs.some(({ name }) => name === other.name));
  if (clash === undefined) return;
  throw new RttlabError(
    "E_NAME_CLASH",
    `planning ${scenario}: ${clash.name} is a container of ${clash.labels["rttlab.scenario"]}; take that down first`,
  );
}

function planNetworks(specs: readonly NetworkSpec[], { networks }: Own) {
  const created = specs.flatMap((spec): [NetworkSpec, string][] => {
    const existing = networks.get(spec.name);
    if (existing === undefined) return [[spec, "it is not there"]];
    const changed = changes(existing.labels, spec.labels);
    return changed.length === 0 ? [] : [[spec, `changed: ${changed.join(", ")}`]];
  });
  const reasons = new Map(created.map(([{ name }, because]) => [name, because]));
  const kept = new Set(specs.map(({ name }) => name).filter((name) => !reasons.has(name)));
  const removed = [...networks.keys()]
    .filter((name) => !kept.has(name))
    .map((name): [string, string] => [name, reasons.get(name) ?? "the scenario has no such network"]);
  return { created, removed, made: new Set(reasons.keys()) };
}

function planHost(
  host: Host,
  topology: Topology,
  layout: Layout,
  observed: Observed,
  own: Own,
  networksMade: ReadonlySet<string>,
) {
  const spec = hostSpec(host, topology, layout, observed);
  const wiring = wiringSpec(host, topology, layout, observed);
  const existing = own.containers.get(spec.name);
  const wired = own.containers.get(wiringName(spec.name));
  const because =
    reasonToCreate(spec, existing, networksMade) ?? (existing ? reasonToRecreate(wiring, existing, wired) : null);
  return {
    spec,
    wiring,
    because,
    wireBecause: because === null ? reasonToWire(wired) : "its routes and offloads are those of a new host",
  };
}

function removalsOf(replaced: ReadonlyMap<string, string>, wanted: readonly string[], { containers }: Own): Step[] {
  return [...containers.keys()].flatMap((name) => {
    const because = wanted.includes(name) ? replaced.get(name) : "the scenario has no such host or link";
    return because === undefined ? [] : [removeContainer(name, because)];
  });
}
