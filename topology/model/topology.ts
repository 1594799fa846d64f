// The meaning of a scenario: plain data, checked, in base units. Everything downstream starts from
// this.

import type { LinkChange, LinkSettings } from "../../lib/link/link.ts";
import type { Options } from "../roles/options.ts";
import type { HostRole, Publishable } from "../roles/table.ts";
import type { Processors } from "./processors.ts";
import type { UserProgram } from "./program.ts";

/**
 * Name of the management network, which every testbed has; no scenario may have a network of this
 * name.
 */
export const MANAGEMENT = "mgmt";

/**
 * A testbed: networks, the hosts on them, and the links between them. Order is that of the file.
 */
export interface Topology {
  /** The scenario's name; part of every container's and network's name. */
  name: string;
  /** The word by which commands know it: its name, or the path of its file as given. */
  word: string;
  /** One line for `topology list`. */
  title: string;
  networks: Network[];
  /** The scenario's subnet for the management network; null: `plan` picks a free one. */
  managementSubnet: string | null;
  hosts: Host[];
  links: Link[];
  /** Ports of 127.0.0.1 that the scenario chooses, by published service. */
  ports: Partial<Record<Publishable, number>>;
  /** The timeline of the links, which `topology play` starts. */
  events: TopologyEvent[];
}

export interface Network {
  name: string;
  /** The scenario's subnet in CIDR notation; null: `plan` picks a free one. */
  subnet: string | null;
}

export interface Host {
  name: string;
  /** The one data network it is on (every host is on the management network too). */
  network: string;
  /** The host whose interfaces and addresses are its own too; left out: it has its own. */
  within?: string;
  role: HostRole;
  /** Of a host with an image of its own. */
  program?: UserProgram;
  processors: Processors;
  /** The chosen options of its role, such as `structure`. */
  options: Options;
  /** Further environment of its service, over the defaults, such as `RTTLAB_SITE_SEED`. */
  environment: Record<string, string>;
}

export interface Link {
  name: string;
  between: [first: string, second: string];
  settings: LinkSettings;
}

/** A change of a link at a time from when the scenario's events are played. */
export interface TopologyEvent {
  atMillis: number;
  link: string;
  change: LinkChange;
  /** The trace that it is a step of, in words: one object for all of its steps. */
  trace?: { as: string };
}
