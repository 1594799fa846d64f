// Reads what exists: everything of ours by label, and what of others a testbed could collide with.

import type { ContainerInfo, ContainerInspectInfo, NetworkInspectInfo } from "dockerode";
import { RttlabError } from "../../lib/errors.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import type { BackendName, Observed, ObservedContainer, ObservedNetwork, ObservedVolume } from "../plan/observed.ts";
import type { BackgroundSpec } from "../plan/step.ts";
import { GRAFANA_IMAGE } from "../plan/watch.ts";
import { attempt, type Engine, isGone } from "./docker.ts";
import { requestService } from "./exec.ts";
import { imageTags, presentImages } from "./images.ts";
import { busyPorts, type MachineRoute, machineRoutes } from "./machine.ts";
import { isPresent } from "./pull.ts";
import { readTargets, readWatched } from "./watching.ts";

const SCENARIO_LABEL = "rttlab.scenario";
const ANSWERS_WITHIN_MILLIS = 10_000;

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
  const [tags, hasGrafana, imagesPresent, networks, containers, volumes, routes, portsTaken, portsPublished] =
    await Promise.all([
      imageTags(root, engine.architecture),
      isPresent(engine, GRAFANA_IMAGE),
      presentImages(engine),
      attempt("listing networks", engine.docker.listNetworks()),
      observeContainers(engine),
      observeVolumes(engine),
      machineRoutes(),
      busyPorts(candidatePorts),
      publishedPorts(engine),
    ]);
  return {
    backend,
    imageTags: tags,
    hasGrafana,
    imagesPresent,
    networks: networks.filter(isOurs).map(observedNetwork),
    containers,
    volumes,
    ...subnetsOfOthers(networks, routes),
    busyPorts: [...new Set([...portsTaken, ...portsPublished])].sort((a, b) => a - b),
  };
}

/** What exists of any scenario of ours. */
export type Testbeds = Pick<Observed, "containers" | "networks" | "volumes">;

/** Quick, for it asks Docker alone: what services hold is null everywhere. */
export async function observeTestbeds(engine: Engine): Promise<Testbeds> {
  const [networks, containers, volumes] = await Promise.all([
    attempt("listing networks", engine.docker.listNetworks()),
    observeContainers(engine, false),
    observeVolumes(engine),
  ]);
  return { networks: networks.filter(isOurs).map(observedNetwork), containers, volumes };
}

async function observeVolumes({ docker }: Engine): Promise<ObservedVolume[]> {
  const filters = { label: [SCENARIO_LABEL] };
  const { Volumes } = await attempt("listing volumes", docker.listVolumes({ filters }));
  return (Volumes ?? []).map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }));
}

/** Containers of any scenario of ours; with `ask`, running services are asked for what they hold. */
export async function observeContainers(engine: Engine, ask = true): Promise<ObservedContainer[]> {
  const filters = { label: [SCENARIO_LABEL] };
  const listed = await attempt("listing containers", engine.docker.listContainers({ all: true, filters }));
  const observed = await Promise.all(listed.map((container) => observeContainer(engine, container, ask)));
  return observed.filter((container) => container !== undefined);
}

async function observeContainer(
  engine: Engine,
  { Id }: ContainerInfo,
  ask: boolean,
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
  const role = State.Status === "running" ? (Config.Labels["rttlab.role"] ?? "") : "";
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
    hostPorts: publishedOn127(HostConfig.PortBindings),
    process: State.Pid > 0 ? { id: Id, pid: State.Pid } : null,
    ...HOLDS_NOTHING,
    ...(ask ? await held(engine, name, role) : {}),
  };
}

type Held = Pick<ObservedContainer, "linkSettings" | "watching" | "background">;
const HOLDS_NOTHING: Held = { linkSettings: null, watching: null, background: null };

/** What the service in a running container holds, by its role; nothing when it does not answer. */
async function held(engine: Engine, container: string, role: string): Promise<Partial<Held>> {
  const status = async <Answer>() => {
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MILLIS);
    return (await requestService(engine, container, { op: "status" }, { signal })) as unknown as Answer;
  };
  try {
    switch (role) {
      case "link":
        return { linkSettings: (await status<{ settings?: LinkSettings }>()).settings ?? null };
      case "loadgen":
      case "rudp":
        return { background: (await status<{ background?: BackgroundSpec | null }>()).background ?? null };
      case "prometheus":
        return { watching: await readTargets(engine, container) };
      case "usage":
        return { watching: await readWatched(engine, container) };
      default:
        return {};
    }
  } catch (error) {
    if (error instanceof RttlabError && error.code === "E_DOCKER_UNAVAILABLE") throw error;
    return {};
  }
}

function observedNetwork({ Name, Labels, IPAM }: NetworkInspectInfo): ObservedNetwork {
  return { name: Name, labels: Labels ?? {}, subnet: IPAM?.Config?.[0]?.Subnet ?? "" };
}

/** Subnets of others' networks, and those of the machine that are not of bridges of Docker. */
function subnetsOfOthers(
  networks: readonly NetworkInspectInfo[],
  routes: readonly MachineRoute[],
): Pick<Observed, "foreignSubnets" | "machineSubnets"> {
  const bridges = new Set(networks.map(bridgeName));
  const others = networks.filter((network) => !isOurs(network));
  const ofNetworks = others.flatMap(({ IPAM }) => (IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? ""));
  const ofMachine = routes.filter((route) => !bridges.has(route.interface)).map(({ subnet }) => subnet);
  return {
    foreignSubnets: [...new Set(ofNetworks)].filter((subnet) => subnet.includes(".")),
    machineSubnets: [...new Set(ofMachine)],
  };
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
