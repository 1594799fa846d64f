// Each kind of step with its needs, chosen from the earlier steps of the same plan.

import type { Background } from "../../lib/contract/contract.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import type {
  Action,
  ContainerSpec,
  NetworkSpec,
  Step,
  UntrackingSpec,
  VolumeSpec,
  WatchSpec,
  WiringSpec,
} from "./step.ts";

export function removeContainer(container: string, because: string): Step {
  return stepOf({ op: "remove-container", container }, container, because, []);
}

/** A network is removed when no container of the plan holds it any more. */
export function removeNetwork(network: string, because: string, earlier: readonly Step[]): Step {
  const needs = earlier.filter(({ action }) => action.op === "remove-container");
  return stepOf({ op: "remove-network", network }, network, because, needs);
}

/** A volume is removed when no container of the plan uses it any more. */
export function removeVolume(volume: string, because: string, earlier: readonly Step[]): Step {
  const needs = earlier.filter(({ action }) => action.op === "remove-container");
  return stepOf({ op: "remove-volume", volume }, volume, because, needs);
}

export function createVolume(volume: VolumeSpec, because: string): Step {
  return stepOf({ op: "create-volume", volume }, volume.name, because, []);
}

/** A network is created when those are gone that may have its name or subnet. */
export function createNetwork(network: NetworkSpec, because: string, earlier: readonly Step[]): Step {
  const needs = earlier.filter(({ action }) => action.op === "remove-network");
  return stepOf({ op: "create-network", network }, network.name, because, needs);
}

/**
 * A container is created when its image and all networks exist, so that the slowest begin first,
 * and when those are gone that may have its name or address.
 */
export function createContainer(container: ContainerSpec, because: string, earlier: readonly Step[]): Step {
  const needs = earlier.filter(
    ({ action }) =>
      action.op === "remove-container" ||
      (action.op === "prepare-image" && action.program.container === container.name) ||
      builds(action, container.image) ||
      (action.op === "create-container" && action.container.name === container.inside) ||
      action.op === "create-volume" ||
      action.op === "create-network",
  );
  return stepOf({ op: "create-container", container }, container.name, because, needs);
}

export function prepareImage({ name: container, image, user, loosened = [] }: ContainerSpec): Step {
  const program = { container, image, user, mayBeRoot: loosened.includes("root") };
  return stepOf({ op: "prepare-image", program }, container, `${image} is not ours`, []);
}

export function awaitReady(spec: ContainerSpec, earlier: readonly Step[]): Step {
  const { name, labels, readyMessage, readyPort } = spec;
  const needs = earlier.filter(
    ({ action }) =>
      (action.op === "create-container" && action.container.name === name) ||
      (readyPort !== undefined && builds(action, readyPort.image)),
  );
  const container = {
    name,
    labels,
    ...(readyMessage !== undefined && { readyMessage }),
    ...(readyPort !== undefined && { readyPort }),
  };
  return stepOf({ op: "await-ready", container }, name, "it has just been started", needs);
}

export function wireHost(wiring: WiringSpec, because: string, earlier: readonly Step[]): Step {
  const needs = earlier.filter(
    ({ action }) =>
      (action.op === "remove-container" && action.container === wiring.name) ||
      builds(action, wiring.image) ||
      (action.op === "create-container" && action.container.name === wiring.container) ||
      // Where a program that is not ours has ended, that is the reason to give, not a lost network.
      (action.op === "await-ready" && action.container.name === wiring.container && action.container.readyPort),
  );
  return stepOf({ op: "wire-host", wiring }, wiring.container, because, needs);
}

/** Every port of the management network's bridge exists once every container has been made. */
export function untrackNetworks(untracking: UntrackingSpec, because: string, earlier: readonly Step[]): Step {
  const needs = earlier.filter(
    ({ action }) =>
      builds(action, untracking.image) ||
      action.op === "create-container" ||
      (action.op === "remove-container" && action.container === untracking.name),
  );
  return stepOf({ op: "untrack-networks", untracking }, untracking.name, because, needs);
}

export function setLink(container: string, settings: LinkSettings, because: string): Step {
  return stepOf({ op: "set-link", container, settings }, container, because, []);
}

/** The watchers get their lists when they are ready and everything on the lists exists. */
export function watch(spec: WatchSpec, because: string, earlier: readonly Step[]): Step {
  const needs = earlier.filter(
    ({ action }) =>
      action.op === "create-container" ||
      (action.op === "await-ready" && [spec.prometheus, spec.usage].includes(action.container.name)),
  );
  return stepOf({ op: "watch", watch: spec }, spec.prometheus, because, needs);
}

/** A background load begins when the way to its server exists: the hosts wired, the links up. */
export function setBackground(
  container: string,
  load: Background | null,
  because: string,
  earlier: readonly Step[],
): Step {
  const needs = earlier.filter(
    ({ action }) => action.op === "await-ready" || action.op === "wire-host" || action.op === "untrack-networks",
  );
  return stepOf({ op: "set-background", container, load }, container, because, needs);
}

function builds(action: Action, image: string): boolean {
  return action.op === "build-image" && action.tag === image;
}

function stepOf(action: Action, target: string, because: string, needs: readonly Step[]): Step {
  return { id: `${action.op} ${target}`, target, because, needs: needs.map(({ id }) => id), action };
}
