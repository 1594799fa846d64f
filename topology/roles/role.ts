// A role describes the containers that have it. Each role is one file and one line in table.ts:
// pure data from which plan/ makes the containers, and other parts learn what to ask of them.

import type { Background, Operation } from "../../lib/contract/contract.ts";
import type { ImageName } from "./images.ts";
import type { Options, RoleOption } from "./options.ts";

interface Role {
  /** Whether it serves GET /metrics by the contract (docs/container-contract.md). */
  hasMetrics: boolean;
  /**
   * The message (`msg` of a line of JSON) by which a foreign program reports that it is ready. Ours
   * log the event `ready`.
   */
  readyMessage?: string;
}

/** A role of hosts: a scenario has as many of each as it names. */
export interface HostRoleSpec extends Role {
  /** null: the scenario names one. */
  image: ImageName | null;
  command: string[];
  /** It reports nothing, and is ready when the port of its endpoint is open. */
  isReadyByPort?: true;
  /** Its default environment. */
  environment: Record<string, string>;
  /** Options that a scenario may choose beside the role; none if left out. */
  options?: Readonly<Record<string, RoleOption>>;
  /** Of options that cannot stand together. */
  contradictions?(options: Options): { option: string; message: string }[];
  /** The role that a host has in place of this one by its options; null: it has this one. */
  instead?(options: Options): HostRoleSpec | null;
  /** Of its container; 512 MiB and 256 threads if left out. */
  limits?(options: Options): { memoryBytes: number; pidsLimit: number };
  /** How many threads or processes do its work; 1 if left out. */
  threads?(options: Options): number;
  /** It may be within another host, for it listens at no port that depends on its options. */
  mayBeWithin?: true;
  /** Where others find it on its data address; null: nowhere. */
  endpoint: ((options: Options) => Endpoint) | null;
  /** Its background load, so that dashboards have something to show; null: none. */
  background: BackgroundSpec | null;
}

export interface Endpoint {
  /** Its name in the document of `topology status`. */
  name: "http" | "echo" | "rudp-http" | "rudp-echo" | "rudp" | "tcp";
  port: number;
  /** As people type it. */
  describe(host: string, port: number): string;
}

export interface BackgroundSpec {
  /** Its target is the first host with such an endpoint, unless that is this host itself. */
  asks: Endpoint["name"];
  load(target: string): Background;
  /** The operation that returns its state. */
  status: Extract<Operation, "loadgen.status" | "rudp.status">;
}

/** A role of watchers, on the management network alone: every scenario has one of each. */
export interface WatcherRoleSpec extends Role {
  image: ImageName;
  /** Empty: the image's own. */
  command(scenario: string): string[];
  /** `addressOf`: addresses of watchers. */
  environment(addressOf: (watcher: string) => string): Record<string, string>;
  /** Of its image. */
  user: string;
  memoryBytes: number;
  pidsLimit: number;
  /** Mount point -> options of a tmpfs. */
  tmpfs: Record<string, string>;
  /** Folders of the machine that it reads, by their path in the container. */
  reads?: Record<string, string>;
  /** Where its volume is mounted. */
  keeps?: string;
  /**
   * Whether it is in the machine's cgroup namespace, where the paths of all cgroups are complete.
   */
  seesMachineCgroups?: boolean;
  /** The service for people at a port of 127.0.0.1, usually of the same number; null: none. */
  page: { port: number; healthPath: string } | null;
}
