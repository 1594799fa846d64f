// Reads what exists: everything of ours by label, and things of others that a testbed could collide
// with.

import type { ContainerInfo, ContainerInspectInfo } from "dockerode";
import type { Operation } from "../../lib/contract/contract.ts";
import type { BackendName, LinkState } from "../../lib/contract/link.ts";
import type { RttlabError } from "../../lib/errors.ts";
import { optionsOf } from "../plan/host-options.ts";
import { roleOf, SCENARIO_LABEL } from "../plan/names.ts";
import type { Fault, Observed, ObservedContainer, ObservedVolume } from "../plan/observed.ts";
import { GRAFANA_IMAGE } from "../roles/images.ts";
import type { Options } from "../roles/options.ts";
import { HOST_OPTIONS, hostRoleNamed } from "../roles/table.ts";
import { attempt, type Engine, isGone } from "./docker.ts";
import { examine } from "./examine.ts";
import { imageIds, imageTags, presentImages } from "./images.ts";
import { busyPorts, machineRoutes } from "./machine.ts";
import { isOurs, observedNetwork, subnetsOfOthers } from "./observe-networks.ts";
import { patienceMillis } from "./patience.ts";
import { isPresent } from "./pull.ts";
import { requestService } from "./request.ts";
import { isStopped, STOPPED } from "./stopped.ts";
import { readTargets, readWatched } from "./watching.ts";

const ANSWERS_WITHIN_MILLIS = 10_000;

/** A scenario as its own parts are, which nobody else changes during its turn. */
export interface ObservedScenario extends Pick<Observed, "backend" | "imageTags"> {
  name: string;
  /** Its own. */
  containers: ObservedContainer[];
}

/**
 * A scenario's own parts: its running services are asked for their state, and tried out. That takes
 * as long as they do to answer, or patience with those that do not. `root`: the repository, for the
 * tags that images would have if built from it now.
 */
export async function observeScenario(
  engine: Engine,
  name: string,
  { root, backend }: { root: string; backend: BackendName },
): Promise<ObservedScenario> {
  const links = new Map<string, LinkState | null>();
  const [tags, containers] = await Promise.all([
    imageTags(root, engine.architecture),
    observeContainers(engine, { scenario: name, links }),
  ]);
  const faults = await examine(engine, containers, links, { withinMillis: patienceMillis(ANSWERS_WITHIN_MILLIS) });
  return {
    name,
    backend,
    imageTags: tags,
    containers: containers.map((one) => ({ ...one, fault: one.fault ?? faults.get(one.name) ?? null })),
  };
}

/** The wishes of a plan for the scenario, and what is known of it already. */
interface PlanNeeds extends Partial<Pick<Observed, "isStudied">> {
  /** Of 127.0.0.1, which it may want. */
  candidatePorts?: readonly number[];
  /** Names of the images of the user's own. */
  programs?: readonly string[];
}

/**
 * The state of this machine, as far as a plan for the scenario depends on it. Quick, because it
 * asks no service.
 */
export async function observe(
  engine: Engine,
  { name, backend, imageTags, containers: own }: ObservedScenario,
  { candidatePorts = [], programs = [], isStudied = false }: PlanNeeds = {},
): Promise<Observed> {
  const [hasGrafana, imagesPresent, programImages, networks, containers, volumes, routes, portsTaken, running] =
    await Promise.all([
      isPresent(engine, GRAFANA_IMAGE),
      presentImages(engine),
      imageIds(engine, programs),
      attempt("listing networks", engine.docker.listNetworks()),
      observeContainers(engine),
      observeVolumes(engine),
      machineRoutes(),
      busyPorts(candidatePorts),
      runningContainers(engine),
    ]);
  const portsPublished = running.flatMap(({ Ports }) => Ports.map(({ PublicPort }) => PublicPort)).filter(Boolean);
  return {
    backend,
    processors: engine.processors,
    imageTags,
    hasGrafana,
    imagesPresent,
    isStudied,
    programImages,
    networks: networks.filter(isOurs).map((network) => observedNetwork(network, running)),
    containers: [...own, ...containers.filter(({ labels }) => labels[SCENARIO_LABEL] !== name)],
    volumes,
    ...subnetsOfOthers(networks, routes),
    busyPorts: [...new Set([...portsTaken, ...portsPublished])].sort((a, b) => a - b),
  };
}

/** The parts of any scenario of ours. */
export type Testbeds = Pick<Observed, "containers" | "networks" | "volumes">;

/**
 * Quick, because it asks Docker alone: the services' state is null everywhere, and so are faults.
 */
export async function observeTestbeds(engine: Engine): Promise<Testbeds> {
  const [networks, containers, volumes, running] = await Promise.all([
    attempt("listing networks", engine.docker.listNetworks()),
    observeContainers(engine),
    observeVolumes(engine),
    runningContainers(engine),
  ]);
  return {
    networks: networks.filter(isOurs).map((network) => observedNetwork(network, running)),
    containers,
    volumes,
  };
}

async function observeVolumes({ docker }: Engine): Promise<ObservedVolume[]> {
  const filters = { label: [SCENARIO_LABEL] };
  const { Volumes } = await attempt("listing volumes", docker.listVolumes({ filters }));
  return (Volumes ?? []).map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }));
}

/** A scenario whose running services are asked for their state; links' is recorded there. */
interface Asked {
  scenario: string;
  links: Map<string, LinkState | null>;
}

/** Containers of any scenario of ours; of the one that is asked, if one is. */
export async function observeContainers(engine: Engine, asked?: Asked): Promise<ObservedContainer[]> {
  const label = asked === undefined ? SCENARIO_LABEL : `${SCENARIO_LABEL}=${asked.scenario}`;
  const listing = engine.docker.listContainers({ all: true, filters: { label: [label] } });
  const listed = await attempt("listing containers", listing);
  const observed = await Promise.all(listed.map((container) => observeContainer(engine, container, asked?.links)));
  return observed.filter((container) => container !== undefined);
}

async function observeContainer(
  engine: Engine,
  { Id }: ContainerInfo,
  links: Map<string, LinkState | null> | undefined,
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
  const role = State.Status === "running" ? (roleOf(Config.Labels) ?? "") : "";
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
    imageId: found.Image,
    command: Config.Cmd ?? [],
    hostPorts: publishedOn127(HostConfig.PortBindings),
    process: State.Pid > 0 ? { id: Id, pid: State.Pid } : null,
    ...HOLDS_NOTHING,
    ...(links === undefined ? {} : await held(engine, { name, role, pid: State.Pid }, links, Config)),
  };
}

type Held = Pick<ObservedContainer, "linkSettings" | "isCalibrating" | "watching" | "background" | "fault">;
const HOLDS_NOTHING: Held = {
  linkSettings: null,
  isCalibrating: false,
  watching: null,
  background: null,
  fault: null,
};

/** The state of the service in a running container, by its role; nothing if it does not answer. */
async function held(
  engine: Engine,
  { name: container, role, pid }: { name: string; role: string; pid: number },
  links: Map<string, LinkState | null>,
  { Labels, Env }: ContainerInspectInfo["Config"],
): Promise<Partial<Held>> {
  const patience = { withinMillis: patienceMillis(ANSWERS_WITHIN_MILLIS) };
  const status = <Op extends `${string}.status` & Operation>(operation: Op) =>
    requestService(engine, container, operation, {}, patience);
  try {
    if (role !== "" && (await isStopped(engine, container, pid))) return { fault: STOPPED };
    const host = hostRoleNamed(role, optionsOf(Labels));
    // It reports nothing, so it has no socket for requests.
    if (host?.isReadyByPort === true) return {};
    switch (role) {
      case "link": {
        const state = await status("link.status");
        links.set(container, state);
        return { linkSettings: state.settings, isCalibrating: state.calibrating };
      }
      case "server":
        return { fault: changedOption((await status("server.status")).options, Env) };
      case "prometheus":
        return { watching: await readTargets(engine, container) };
      case "usage":
        return { watching: await readWatched(engine, container) };
      default: {
        const background = host?.background ?? null;
        return background === null ? {} : { background: (await status(background.status)).background };
      }
    }
  } catch (error) {
    const { code } = error as RttlabError;
    if (code === "E_DOCKER_UNAVAILABLE") throw error;
    return code === "E_NO_ANSWER" ? { fault: { kind: "unreachable", text: "its service does not answer" } } : {};
  }
}

/** A study that was killed leaves a server as it had it. */
function changedOption(held: Options, environment: readonly string[]): Fault | null {
  const given = new Map(
    environment.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const changed = Object.entries(HOST_OPTIONS).find(
    ([name, { variable, usual }]) => held[name] !== undefined && held[name] !== (given.get(variable) ?? usual),
  );
  if (changed === undefined) return null;
  const [name, { variable, usual }] = changed;
  return { kind: "changed", text: `its ${name} is ${held[name]}, not ${given.get(variable) ?? usual}` };
}

/** Of anybody. */
function runningContainers({ docker }: Engine): Promise<ContainerInfo[]> {
  return attempt("listing containers", docker.listContainers());
}

function publishedOn127(bindings: unknown): number[] {
  const lists = Object.values((bindings ?? {}) as Record<string, { HostPort: string }[] | null>);
  return lists.flatMap((list) => (list ?? []).map(({ HostPort }) => Number(HostPort)));
}

function stateOf(status: string): ObservedContainer["state"] {
  const isKnown = status === "created" || status === "running" || status === "paused" || status === "exited";
  return isKnown ? status : "other";
}

/** Docker writes the year 1 for a moment that has not come. */
function momentMillis(text: string): number | null {
  const millis = Date.parse(text);
  return millis > 0 ? millis : null;
}
