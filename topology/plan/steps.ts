// Each kind of step with what it needs. What a step is given as `after` or `earlier` are steps of the same plan.

import type { LinkSettings } from "../../lib/link.ts";
import type { ContainerSpec, NetworkSpec, Step, WiringSpec } from "./step.ts";

export function removeContainer(container: string, because: string): Step {
  return {
    id: `remove-container ${container}`,
    target: container,
    because,
    needs: [],
    action: { op: "remove-container", container },
  };
}

/** A network is removed when no container of the plan is left to hold it. */
export function removeNetwork(network: string, because: string, after: readonly Step[]): Step {
  return {
    id: `remove-network ${network}`,
    target: network,
    because,
    needs: after.map(({ id }) => id),
    action: { op: "remove-network", network },
  };
}

export function createNetwork(network: NetworkSpec, because: string, after: readonly Step[]): Step {
  const { name } = network;
  return {
    id: `create-network ${name}`,
    target: name,
    because,
    needs: idsOf(after),
    action: { op: "create-network", network },
  };
}

export function createContainer(container: ContainerSpec, because: string, earlier: readonly Step[]): Step {
  const { name, image, attachments } = container;
  const needs = earlier.filter(
    ({ action }) =>
      action.op === "remove-container" ||
      (action.op === "build-image" && action.tag === image) ||
      (action.op === "create-network" && attachments.some(({ network }) => network === action.network.name)),
  );
  return {
    id: `create-container ${name}`,
    target: name,
    because,
    needs: idsOf(needs),
    action: { op: "create-container", container },
  };
}

export function wireHost(wiring: WiringSpec, because: string, earlier: readonly Step[]): Step {
  const needs = earlier.filter(
    ({ action, target }) =>
      (action.op === "remove-container" && target === wiring.name) ||
      (action.op === "build-image" && action.tag === wiring.image) ||
      (action.op === "create-container" && target === wiring.container),
  );
  return {
    id: `wire-host ${wiring.container}`,
    target: wiring.container,
    because,
    needs: idsOf(needs),
    action: { op: "wire-host", wiring },
  };
}

export function setLink(container: string, settings: LinkSettings, because: string): Step {
  return {
    id: `set-link ${container}`,
    target: container,
    because,
    needs: [],
    action: { op: "set-link", container, settings },
  };
}

function idsOf(steps: readonly Step[]): string[] {
  return steps.map(({ id }) => id);
}
