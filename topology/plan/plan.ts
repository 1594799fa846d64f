// The steps from what exists to what is wanted, each with its reason. Pure: the same input gives
// the same steps.

import { RttlabError } from "../../lib/errors.ts";
import { capacityProblems, HOLDS_FRAMES } from "../../lib/link/capacity.ts";
import { playProblems } from "../model/events.ts";
import { MANAGEMENT, type Topology } from "../model/topology.ts";
import { decide } from "./decide.ts";
import { imageSteps } from "./images.ts";
import { layOut } from "./layout.ts";
import { dockerName, scenarioOf } from "./names.ts";
import type { Observed } from "./observed.ts";
import { choosePorts } from "./ports.ts";
import type { Plan, Step } from "./step.ts";
import {
  awaitReady,
  createContainer,
  createNetwork,
  createVolume,
  prepareImage,
  removeContainer,
  removeNetwork,
  removeVolume,
  setBackground,
  setLink,
  untrackNetworks,
  watch,
  wireHost,
} from "./steps.ts";
import { warningsOf } from "./warnings.ts";

/**
 * The steps that turn what exists into the topology; none if it is so already. `background`:
 * whether a gentle load runs. Throws E_BAD_SCENARIO for links beyond the backend's capacity,
 * E_SUBNET_CLASH, E_NO_FREE_SUBNET, E_PORT_BUSY, E_NAME_CLASH.
 */
export function planUp(topology: Topology, observed: Observed, { background = true } = {}): Plan {
  refuseTooLarge(topology, observed);
  refuseNameClashes(topology, observed);
  const ports = choosePorts(topology, observed);
  const layout = layOut(topology, observed);
  const decisions = decide(topology, layout, observed, { ports, background });
  const { containers, wirings, untrackings } = decisions;

  const steps: Step[] = decisions.removedContainers.map(([name, because]) => removeContainer(name, because));
  steps.push(...decisions.removedNetworks.map(([name, because]) => removeNetwork(name, because, steps)));
  steps.push(...imageSteps(new Set([...containers, ...wirings, ...untrackings].map(([{ image }]) => image)), observed));
  steps.push(...containers.flatMap(([spec]) => (spec.loosened === undefined ? [] : [prepareImage(spec)])));
  steps.push(...decisions.removedVolumes.map(([name, because]) => removeVolume(name, because, steps)));
  steps.push(...decisions.volumes.map(([spec, because]) => createVolume(spec, because)));
  steps.push(...decisions.networks.map(([spec, because]) => createNetwork(spec, because, steps)));
  // One may be within an earlier one.
  for (const [spec, because] of containers) steps.push(createContainer(spec, because, steps));
  steps.push(...untrackings.map(([spec, because]) => untrackNetworks(spec, because, steps)));
  steps.push(...containers.map(([spec]) => awaitReady(spec, steps)));
  steps.push(...wirings.map(([spec, because]) => wireHost(spec, because, steps)));
  steps.push(...decisions.settings.map(([{ container, settings }, because]) => setLink(container, settings, because)));
  steps.push(...decisions.watches.map(([spec, because]) => watch(spec, because, steps)));
  steps.push(
    ...decisions.backgrounds.map(([{ container, load }, because]) => setBackground(container, load, because, steps)),
  );
  return { steps, warnings: warningsOf(topology, layout, observed) };
}

function refuseTooLarge({ word, links, events }: Topology, { backend }: Observed): void {
  const limit = { holdsFrames: HOLDS_FRAMES[backend] };
  const problems = links.flatMap(({ name, settings }) => [
    ...capacityProblems(settings, limit, `links.${name}`),
    ...playProblems(events, name, settings, limit),
  ]);
  if (problems.length === 0) return;
  const message = `planning ${word}: links by ${backend} cannot hold what is asked of them`;
  throw new RttlabError("E_BAD_SCENARIO", message, { problems });
}

/** `wan` with a host `a-b` and `wan-a` with a host `b` would share a name; networks likewise. */
function refuseNameClashes({ name: scenario, word, ...wanted }: Topology, observed: Observed): void {
  const { hosts, links, networks } = wanted;
  const named = (names: string[]) => new Set(names.map((name) => dockerName(scenario, name)));
  const kinds = [
    ["container", observed.containers, named([...hosts, ...links].map(({ name }) => name))],
    ["network", observed.networks, named([MANAGEMENT, ...networks.map(({ name }) => name)])],
  ] as const;
  for (const [kind, existing, names] of kinds) {
    const clash = existing.find(({ name, labels }) => names.has(name) && scenarioOf(labels) !== scenario);
    if (clash === undefined) continue;
    const other = scenarioOf(clash.labels);
    throw new RttlabError(
      "E_NAME_CLASH",
      `planning ${word}: ${clash.name} is a ${kind} of ${other}; \`topology down ${other}\` first, or rename one of the two`,
    );
  }
}
