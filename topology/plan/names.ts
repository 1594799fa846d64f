// Names and labels of what a scenario is made of. Everything of ours is found again by these labels alone.

import type { HostRole, Watcher } from "../roles/table.ts";
import type { Labels } from "./step.ts";

/** On the management network: the word that `up` was given for the scenario, for later advice. */
export const WORD_LABEL = "rttlab.word";

export type Role = "network" | "mgmt" | HostRole | "link" | "wiring" | "tuning" | "tracing" | "untracked" | Watcher;

/** What everything of a scenario begins with in Docker, and what its rules on this machine bear as their comment. */
export function scenarioTag(scenario: string): string {
  return `rttlab-${scenario}`;
}

/** Docker's name of a network, host or link; at most 56 characters, for names are at most 24 (model/schema.ts). */
export function dockerName(scenario: string, name: string): string {
  return `${scenarioTag(scenario)}-${name}`;
}

/** No host or link can have it, for their names hold no dot. */
export function watcherName(scenario: string, watcher: Watcher): string {
  return `${scenarioTag(scenario)}.${watcher}`;
}

export function wiringName(container: string): string {
  return `${container}.wiring`;
}

/** The container that records which rules of the scenario are set on this machine. */
export function recordName(scenario: string): string {
  return `${scenarioTag(scenario)}.untracked`;
}

export function labelsOf(scenario: string, role: Role, name: string): Labels {
  return { "rttlab.scenario": scenario, "rttlab.role": role, "rttlab.name": name };
}
