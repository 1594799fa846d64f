// What a role says of the containers that have it. Each role is one file and one line in table.ts: pure data, from which plan/
// makes the containers and the rest learns what to ask of them.

import type { Background, Operation } from "../../lib/contract/contract.ts";
import type { ImageName } from "./images.ts";

interface Role {
  image: ImageName;
  /** Whether it serves GET /metrics as the contract has it (docs/container-contract.md). */
  hasMetrics: boolean;
  /** What a program that is not ours logs (as `msg` of a line of JSON) when it is ready. Ours log the event `ready`. */
  readyMessage?: string;
}

/** A role of hosts: a scenario has as many of each as it names. */
export interface HostRoleSpec extends Role {
  command: string[];
  /** What it has in its environment unless the scenario says otherwise. */
  environment: Record<string, string>;
  /** Where others find it on its data address; null: nowhere. */
  endpoint: Endpoint | null;
  /** What it does so that there is something to see; null: nothing by itself. */
  background: BackgroundSpec | null;
}

export interface Endpoint {
  /** Its name in the document of `topology status`. */
  name: "http" | "rudp";
  port: number;
  /** As people type it. */
  describe(host: string, port: number): string;
}

export interface BackgroundSpec {
  /** The role of whom it asks: the first host of it, unless that is the one that asks. */
  asks: string;
  load(target: string): Background;
  /** The operation that says what it holds. */
  status: Extract<Operation, "loadgen.status" | "rudp.status">;
}

/** A role of what watches the testbed, on the management network alone: every scenario has one of each. */
export interface WatcherRoleSpec extends Role {
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
  /** Folders of the machine that it reads, by where it finds them. */
  reads?: Record<string, string>;
  /** Where its volume is mounted, for what it keeps. */
  keeps?: string;
  /** Whether it is in the machine's cgroup namespace, where the paths of all cgroups are seen whole. */
  seesMachineCgroups?: boolean;
  /** What people open at a port of 127.0.0.1, usually of the same number; null: nothing. */
  page: { port: number; healthPath: string } | null;
}
