// Names and labels of what a scenario is made of. Everything of ours is found again by these labels alone.

import type { Watcher } from "../model/capacity.ts";
import type { HostRole } from "../model/topology.ts";
import type { Labels } from "./step.ts";

/** Name of the management network, in file terms; no scenario may have a network of this name. */
export const MANAGEMENT = "mgmt";

/** On the management network: the word that `up` was given for the scenario, for later advice. */
export const WORD_LABEL = "rttlab.word";

export type Role = "network" | "mgmt" | HostRole | "link" | "wiring" | "tuning" | "tracing" | "untracked" | Watcher;

/** Docker's name of a network, host or link; at most 56 characters, for names are at most 24 (model/schema.ts). */
export function dockerName(scenario: string, name: string): string {
  return `rttlab-${scenario}-${name}`;
}

/** No host or link can have it, for their names hold no dot. */
export function watcherName(scenario: string, watcher: Watcher): string {
  return `rttlab-${scenario}.${watcher}`;
}

export function wiringName(container: string): string {
  return `${container}.wiring`;
}

export function labelsOf(scenario: string, role: Role, name: string): Labels {
  return { "rttlab.scenario": scenario, "rttlab.role": role, "rttlab.name": name };
}
