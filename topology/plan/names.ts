// Names and labels of a scenario's things. These labels alone suffice to find everything of ours
// again.

import type { HostRole, Watcher } from "../roles/table.ts";
import type { Labels } from "./step.ts";

export const SCENARIO_LABEL = "rttlab.scenario";
export const ROLE_LABEL = "rttlab.role";
const NAME_LABEL = "rttlab.name";

/** On the management network: the word that `up` was given for the scenario, for later advice. */
export const WORD_LABEL = "rttlab.word";
/** The digest of a thing's spec (digest.ts). */
export const SPEC_LABEL = "rttlab.spec";
/** A container's planned networks and addresses (places.ts). */
export const PLACES_LABEL = "rttlab.places";
/** A host's options (host-options.ts). */
export const OPTIONS_LABEL = "rttlab.options";
/** A link's backend, `kernel` or `uml`. */
export const BACKEND_LABEL = "rttlab.backend";

type Helper = "wiring" | "tuning" | "tracing" | "probe";
export type Role = "network" | "mgmt" | HostRole | "link" | Helper | "untracked" | Watcher;

/** Prefix of all names of a scenario in Docker, and the comment of its rules on this machine. */
export function scenarioTag(scenario: string): string {
  return `rttlab-${scenario}`;
}

/**
 * Docker's name of a network, host or link; at most 56 characters, because names have at most 24
 * (model/schema.ts).
 */
export function dockerName(scenario: string, name: string): string {
  return `${scenarioTag(scenario)}-${name}`;
}

/** No host or link can have it, because their names contain no dot. */
export function watcherName(scenario: string, watcher: Watcher): string {
  return `${scenarioTag(scenario)}.${watcher}`;
}

/** Of a container or volume that belongs to another container and serves this purpose. */
export function belongingName(container: string, purpose: string): string {
  return `${container}.${purpose}`;
}

export function wiringName(container: string): string {
  return belongingName(container, "wiring");
}

/** Of the container in which a process tries what this machine's kernel can do. */
export function trialName(processId: number): string {
  return `rttlab-trial-${processId}`;
}

/** The container that records which rules of the scenario are set on this machine. */
export function recordName(scenario: string): string {
  return `${scenarioTag(scenario)}.untracked`;
}

export function labelsOf(scenario: string, role: Role, name: string): Labels {
  return { [SCENARIO_LABEL]: scenario, [ROLE_LABEL]: role, [NAME_LABEL]: name };
}

/** Of a helper that acts for the container with these labels. */
export function wiringLabels(labels: Readonly<Labels>): Labels {
  return labelsOf(scenarioOf(labels) ?? "", "wiring", memberOf(labels) ?? "");
}

/** The scenario that a thing belongs to by its labels; undefined: it is not ours. */
export function scenarioOf(labels: Readonly<Labels>): string | undefined {
  return labels[SCENARIO_LABEL];
}

/** A role, or `trial` of a container that only lives for one. */
export function roleOf(labels: Readonly<Labels>): string | undefined {
  return labels[ROLE_LABEL];
}

/** The name in the scenario's file. */
export function memberOf(labels: Readonly<Labels>): string | undefined {
  return labels[NAME_LABEL];
}
