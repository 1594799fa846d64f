// The effect of steps on the state that a plan sees, for tests of plans: Docker's bookkeeping
// without Docker. It refuses what Docker would refuse (a name in use, an address taken, a network
// that holds containers), so a plan in the wrong order fails here.

import assert from "node:assert/strict";
import { overlaps, parseSubnet, type Subnet } from "../model/subnet.ts";
import type { Topology } from "../model/topology.ts";
import { baseOf, IMAGE_NAMES } from "../roles/images.ts";
import type { Observed, ObservedContainer } from "./observed.ts";
import { planUp } from "./plan.ts";
import type { ContainerSpec, Labels, Step, WatchSpec, WiringSpec } from "./step.ts";
import { processesText, targetsText } from "./watch.ts";

export const NOTHING: Observed = {
  backend: "uml",
  processors: 2,
  imageTags: Object.fromEntries(IMAGE_NAMES.map((image) => [image, `rttlab/${image}:1`])) as Observed["imageTags"],
  hasGrafana: false,
  imagesPresent: [],
  isStudied: false,
  programImages: {},
  networks: [],
  containers: [],
  volumes: [],
  foreignSubnets: ["172.17.0.0/16"],
  machineSubnets: ["10.0.0.0/24"],
  busyPorts: [],
};

/** The state with the topology up, as if everything had happened at second 1, 2, 3 … */
export function upped(topology: Topology, from: Observed = NOTHING): Observed {
  return planUp(topology, from).steps.reduce((state, step, index) => afterStep(state, step, 1000 * (index + 1)), from);
}

/** The state after a step that succeeded. `now` is the moment in milliseconds. */
export function afterStep(state: Observed, { action, needs, id }: Step, now: number): Observed {
  switch (action.op) {
    case "build-image": {
      const base = baseOf(action.image);
      assert.ok(base === null || state.imagesPresent.includes(state.imageTags[base]), `${id} before its base`);
      return { ...state, imagesPresent: [...state.imagesPresent, action.tag] };
    }
    case "prepare-image":
      return { ...state, imagesPresent: [...state.imagesPresent, action.program.image] };
    case "create-network": {
      const { name, labels, subnet } = action.network;
      assert.ok(!state.networks.some((network) => network.name === name), `${id}: there already`);
      const used = [...state.networks.map((network) => network.subnet), ...state.foreignSubnets];
      const clash = used.find((other) => overlaps(parseSubnet(other) as Subnet, parseSubnet(subnet) as Subnet));
      assert.equal(clash, undefined, `${id}: ${subnet} overlaps ${clash}`);
      return { ...state, networks: [...state.networks, { name, labels, subnet, strangers: [] }] };
    }
    case "create-container":
      return withContainer(state, created(state, action.container, now));
    case "await-ready":
      assert.ok(
        state.containers.some(({ name }) => name === action.container.name),
        `${id} before it is created`,
      );
      return state;
    case "wire-host":
      return withContainer(state, wired(state, action.wiring, now));
    case "untrack-networks":
      assert.ok(state.imagesPresent.includes(action.untracking.image), `${id} before its image`);
      return withContainer(without(state, action.untracking.name), recorded(action.untracking, now));
    case "create-volume":
      assert.ok(!state.volumes.some(({ name }) => name === action.volume.name), `${id}: there already`);
      return { ...state, volumes: [...state.volumes, action.volume] };
    case "remove-volume":
      return { ...state, volumes: state.volumes.filter(({ name }) => name !== action.volume) };
    case "watch":
      return watched(state, action.watch);
    case "set-background":
      return changeContainer(state, action.container, { background: action.load });
    case "set-link":
      return changeContainer(state, action.container, { linkSettings: action.settings });
    case "remove-container":
      return without(state, action.container);
    case "remove-network": {
      const holder = state.containers.find(({ addresses }) => action.network in addresses);
      assert.equal(holder, undefined, `${id}: ${holder?.name} is on it; it needed ${needs.join(", ")}`);
      return { ...state, networks: state.networks.filter(({ name }) => name !== action.network) };
    }
  }
}

/** The state after a step that SIGKILL or a failure interrupted. */
export function amidStep(state: Observed, step: Step, now: number, at: "start" | "end"): Observed {
  const { action } = step;
  if (action.op === "create-container") {
    const whole = afterStep(state, step, now);
    const cut = at === "start" ? ({ state: "created", startedAtMillis: null } as const) : {};
    return changeContainer(whole, action.container.name, { ...cut, linkSettings: null });
  }
  if (action.op !== "wire-host" && action.op !== "untrack-networks") return state;
  const cut = at === "start" ? ({ state: "running", exitCode: null } as const) : { exitCode: 1 };
  const record = action.op === "wire-host" ? action.wiring : action.untracking;
  return changeContainer(afterStep(state, step, now), record.name, cut);
}

/** The state with some facts of a container changed. */
export function changeContainer(state: Observed, name: string, facts: Partial<ObservedContainer>): Observed {
  assert.ok(
    state.containers.some((container) => container.name === name),
    `${name} is not there`,
  );
  return { ...state, containers: state.containers.map((one) => (one.name === name ? { ...one, ...facts } : one)) };
}

function without(state: Observed, container: string): Observed {
  return { ...state, containers: state.containers.filter(({ name }) => name !== container) };
}

function withContainer(state: Observed, container: ObservedContainer): Observed {
  assert.ok(!state.containers.some(({ name }) => name === container.name), `${container.name} is there already`);
  return { ...state, containers: [...state.containers, container] };
}

function created(state: Observed, spec: ContainerSpec, now: number): ObservedContainer {
  assert.ok(state.imagesPresent.includes(spec.image), `${spec.name} before its image`);
  for (const { network, address } of spec.attachments) {
    const subnet = state.networks.find(({ name }) => name === network)?.subnet;
    assert.ok(subnet, `${spec.name} before its network ${network}`);
    const within = overlaps(parseSubnet(subnet) as Subnet, parseSubnet(`${address}/32`) as Subnet);
    assert.ok(within, `${spec.name}: ${address} is not in ${subnet}`);
    const holder = state.containers.find(({ addresses }) => addresses[network] === address);
    assert.equal(holder, undefined, `${spec.name}: ${holder?.name} has ${address} already`);
  }
  if (spec.inside !== undefined) {
    const outer = state.containers.find(({ name }) => name === spec.inside);
    assert.equal(outer?.state, "running", `${spec.name}: the host that it is within does not run`);
  }
  const link = spec.environment.RTTLAB_LINK;
  return {
    name: spec.name,
    labels: spec.labels,
    state: "running",
    exitCode: null,
    startedAtMillis: now,
    finishedAtMillis: null,
    addresses: Object.fromEntries(spec.attachments.map(({ network, address }) => [network, address])),
    linkSettings: link === undefined ? null : JSON.parse(link).settings,
    imageId: state.programImages[spec.image] ?? spec.image,
    hostPorts: spec.ports.map(({ hostPort }) => hostPort),
    process: { id: spec.name, pid: now },
    ...UNREPORTED,
  };
}

const UNREPORTED = { isCalibrating: false, command: [], watching: null, background: null, fault: null };

function watched(state: Observed, spec: WatchSpec): Observed {
  const members = spec.members.map(({ host, container }) => {
    const process = state.containers.find(({ name }) => name === container)?.process;
    assert.ok(process, `${container} is watched before it runs`);
    return { host, ...process };
  });
  const retargeted = changeContainer(state, spec.prometheus, { watching: targetsText(spec) });
  return changeContainer(retargeted, spec.usage, { watching: processesText(members) });
}

function wired(state: Observed, wiring: WiringSpec, now: number): ObservedContainer {
  assert.ok(state.imagesPresent.includes(wiring.image), `${wiring.name} before its image`);
  const host = state.containers.find(({ name }) => name === wiring.container);
  assert.equal(host?.state, "running", `${wiring.name}: its host does not run`);
  return recorded(wiring, now);
}

function recorded({ name, labels }: { name: string; labels: Labels }, now: number): ObservedContainer {
  return {
    name,
    labels,
    state: "exited",
    exitCode: 0,
    startedAtMillis: now,
    finishedAtMillis: now,
    addresses: {},
    linkSettings: null,
    imageId: "",
    hostPorts: [],
    process: null,
    ...UNREPORTED,
  };
}
