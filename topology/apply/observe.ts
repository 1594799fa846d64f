// Reads what exists: everything of ours by label, and what of others a testbed could collide with.

import type { ContainerInfo, ContainerInspectInfo, NetworkInspectInfo } from "dockerode";
import { RttlabError } from "../../lib/errors.ts";
import type { LinkSettings } from "../../lib/link.ts";
import type { BackendName, Observed, ObservedContainer, ObservedNetwork } from "../plan/observed.ts";
import { attempt, type Engine, isGone } from "./docker.ts";
import { requestService } from "./exec.ts";
import { imageTags, presentImages } from "./images.ts";
import { busyPorts, type MachineRoute, machineRoutes } from "./machine.ts";

const SCENARIO_LABEL = "rttlab.scenario";
const LINK_ANSWERS_WITHIN_MILLIS = 10_000;

export interface ObserveOptions {
  /** The repository, for the tags that images have when built from it now. */
  root: string;
  backend: BackendName;
  /** Ports that a plan may want on 127.0.0.1. */
  candidatePorts?: readonly number[];
}

/** What exists on this machine, as far as a plan depends on it. */
export async function observe(
  engine: Engine,
  { root, backend, candidatePorts = [] }: ObserveOptions,
): Promise<Observed> {
  const [tags, imagesPresent, networks, containers, routes, portsTaken, portsPublished] = await Promise.all([
    imageTags(root, engine.architecture),
    presentImages(engine),
    attempt("listing networks", engine.docker.listNetworks()),
    observeContainers(engine),
    machineRoutes(),
    busyPorts(candidatePorts),
    publishedPorts(engine),
  ]);
  return {
    backend,
    imageTags: tags,
    imagesPresent,
    networks: networks.filter(isOurs).map(observedNetwork),
    containers,
    foreignSubnets: foreignSubnets(networks, routes),
    busyPorts: [...new Set([...portsTaken, ...portsPublished])].sort((a, b) => a - b),
  };
}

/** Containers and networks of any scenario of ours. Quick, for it asks Docker alone: `linkSettings` are all null. */
export async function observeTestbeds(engine: Engine): Promise<Pick<Observed, "containers" | "networks">> {
  const [networks, containers] = await Promise.all([
    attempt("listing networks", engine.docker.listNetworks()),
    observeContainers(engine, false),
  ]);
  return { networks: networks.filter(isOurs).map(observedNetwork), containers };
}

/** Containers of any scenario of ours; with `askLinks`, running links are asked for the settings that they hold. */
export async function observeContainers(engine: Engine, askLinks = true): Promise<ObservedContainer[]> {
  const filters = { label: [SCENARIO_LABEL] };
  const listed = await attempt("listing containers", engine.docker.listContainers({ all: true, filters }));
  const observed = await Promise.all(listed.map((container) => observeContainer(engine, container, askLinks)));
  return observed.filter((container) => container !== undefined);
}

async function observeContainer(
  engine: Engine,
  { Id }: ContainerInfo,
  askLinks: boolean,
): Promise<ObservedContainer | undefined> {
  let found: ContainerInspectInfo;
  try {
    found = await attempt(`looking at container ${Id}`, engine.docker.getContainer(Id).inspect());
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  const { State, Config, NetworkSettings, HostConfig } = found;
  const name = found.Name.replace(/^\//, "");
  const isRunningLink = State.Status === "running" && Config.Labels["rttlab.role"] === "link";
  return {
    name,
    labels: Config.Labels,
    state: stateOf(State.Status),
    exitCode: State.Status === "exited" ? State.ExitCode : null,
    startedAtMillis: momentMillis(State.StartedAt),
    finishedAtMillis: momentMillis(State.FinishedAt),
    addresses: Object.fromEntries(
      Object.entries(NetworkSettings.Networks).map(([network, { IPAddress }]) => [network, IPAddress]),
    ),
    linkSettings: askLinks && isRunningLink ? await heldSettings(engine, name) : null,
    hostPorts: publishedOn127(HostConfig.PortBindings),
  };
}

async function heldSettings(engine: Engine, container: string): Promise<LinkSettings | null> {
  try {
    const signal = AbortSignal.timeout(LINK_ANSWERS_WITHIN_MILLIS);
    const { settings } = await requestService(engine, container, { op: "status" }, { signal });
    return (settings as LinkSettings | undefined) ?? null;
  } catch (error) {
    if (error instanceof RttlabError && error.code === "E_DOCKER_UNAVAILABLE") throw error;
    return null;
  }
}

function observedNetwork({ Name, Labels, IPAM }: NetworkInspectInfo): ObservedNetwork {
  return { name: Name, labels: Labels ?? {}, subnet: IPAM?.Config?.[0]?.Subnet ?? "" };
}

/** Subnets of others: of their networks, and of routes that do not lead to bridges of ours. */
export function foreignSubnets(networks: readonly NetworkInspectInfo[], routes: readonly MachineRoute[]): string[] {
  const ourBridges = new Set(networks.filter(isOurs).map(bridgeName));
  const others = networks.filter((network) => !isOurs(network));
  const ofNetworks = others.flatMap(({ IPAM }) => (IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? ""));
  const ofRoutes = routes.filter((route) => !ourBridges.has(route.interface)).map(({ subnet }) => subnet);
  return [...new Set([...ofNetworks, ...ofRoutes])].filter((subnet) => subnet.includes("."));
}

function isOurs({ Labels }: NetworkInspectInfo): boolean {
  return Labels?.[SCENARIO_LABEL] !== undefined;
}

function bridgeName({ Id, Options }: NetworkInspectInfo): string {
  return Options?.["com.docker.network.bridge.name"] ?? `br-${Id.slice(0, 12)}`;
}

async function publishedPorts({ docker }: Engine): Promise<number[]> {
  const containers = await attempt("listing containers", docker.listContainers());
  return containers.flatMap(({ Ports }) => Ports.map(({ PublicPort }) => PublicPort)).filter(Boolean);
}

function publishedOn127(bindings: unknown): number[] {
  const lists = Object.values((bindings ?? {}) as Record<string, { HostPort: string }[] | null>);
  return lists.flatMap((list) => (list ?? []).map(({ HostPort }) => Number(HostPort)));
}

function stateOf(status: string): ObservedContainer["state"] {
  return status === "created" || status === "running" || status === "exited" ? status : "other";
}

/** Docker writes the year 1 for a moment that has not come. */
function momentMillis(text: string): number | null {
  const millis = Date.parse(text);
  return millis > 0 ? millis : null;
}
