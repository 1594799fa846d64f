// A step of a plan: data with a reason. `plan` makes them, `topology plan` prints them, apply/
// performs them one by one.

import type { Background } from "../../lib/contract/contract.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import type { Picture } from "../../lib/picture/picture.ts";
import type { Processors } from "../model/processors.ts";
import type { Loosening } from "../roles/image.ts";
import type { ImageName } from "../roles/images.ts";
import type { Options } from "../roles/options.ts";

/** The steps, in an order that honours all needs, and warnings for people. */
export interface Plan {
  steps: Step[];
  /** A line each, such as a rate above the link backend's ceiling. */
  warnings: string[];
}

/** One action. `needs` are ids of steps that must be done before. */
export interface Step {
  /** `op target`, unique in a plan. */
  id: string;
  /** Name of the image, network or container. */
  target: string;
  /** The reason in one line, for readers of `topology plan`. */
  because: string;
  needs: string[];
  action: Action;
}

export type Action =
  | { op: "build-image"; image: ImageName; tag: string }
  | { op: "create-network"; network: NetworkSpec }
  | { op: "create-volume"; volume: VolumeSpec }
  /** Create, connect and start. */
  | { op: "create-container"; container: ContainerSpec }
  /** Get the image of a user's own program, and see that it does not want to be root. */
  | { op: "prepare-image"; program: ProgramImage }
  /** Wait until its service is ready. */
  | { op: "await-ready"; container: Readying }
  /**
   * Set routes and offloads of a running host from a short-lived helper in its network namespace;
   * may be repeated after an interruption.
   */
  | { op: "wire-host"; wiring: WiringSpec }
  /**
   * Isolate the members of the management network from each other, and exempt the data networks
   * from the machine's connection tracking, by rules that a short-lived helper sets. It remains,
   * exited, as the record of both. May be repeated. Removing that container removes the rules.
   */
  | { op: "untrack-networks"; untracking: UntrackingSpec }
  /** Restore a running link's settings to the scenario's. */
  | { op: "set-link"; container: string; settings: LinkSettings }
  | { op: "remove-container"; container: string }
  /** Give Prometheus its targets and `usage` its containers. */
  | { op: "watch"; watch: WatchSpec }
  /** Give a load generator its background load, or take it away. */
  | { op: "set-background"; container: string; load: Background | null }
  | { op: "remove-network"; network: string }
  | { op: "remove-volume"; volume: string };

export type Labels = Record<string, string>;

export interface NetworkSpec {
  /** `rttlab-<scenario>-<network>`. */
  name: string;
  subnet: string;
  gateway: string;
  labels: Labels;
  /** Options of Docker's bridge driver. */
  options: Record<string, string>;
}

export interface Attachment {
  /** Docker name of the network. */
  network: string;
  address: string;
}

/**
 * Everything about a container for Docker. The label `rttlab.spec` is its digest, field by field
 * (plan/digest.ts), so that a change has a name.
 */
export interface ContainerSpec {
  /** `rttlab-<scenario>-<host or link>`. */
  name: string;
  hostname: string;
  image: string;
  labels: Labels;
  command: string[];
  environment: Record<string, string>;
  attachments: Attachment[];
  /** The container whose network namespace it uses, in place of attachments. */
  inside?: string;
  /** Names that resolve to data addresses. */
  extraHosts: Record<string, string>;
  sysctls: Record<string, string>;
  user: string;
  capabilities: string[];
  /** Mount point -> options of a tmpfs. */
  tmpfs: Record<string, string>;
  memoryBytes: number;
  pidsLimit: number;
  /** Published on 127.0.0.1 only. */
  ports: { containerPort: number; hostPort: number }[];
  /** Volumes of ours, or read-only paths of the machine. */
  mounts?: Mount[];
  /** In the machine's cgroup namespace, where the paths of all cgroups are complete. */
  seesMachineCgroups?: boolean;
  /** The message (`msg` of a line of JSON) by which a foreign program reports that it is ready. */
  readyMessage?: string;
  /** Of a user's own program: what it does without of a host's hardening. */
  loosened?: readonly Loosening[];
  /**
   * A program that reports nothing is ready when this port is open, for which it has half a minute
   * of an idle machine if nothing else is said; `image`: of who looks.
   */
  readyPort?: { address: string; port: number; withinMillis?: number; image: string };
  /** Of a host that does not have all of the machine's. */
  processors?: Processors;
  /**
   * A host's, as its scenario has them, its processors among them; the environment says its
   * role's to the service.
   */
  options?: Options;
}

/** The image of a user's own program, for a container of that name. */
export interface ProgramImage {
  container: string;
  image: string;
  /** Empty: the image's own. */
  user: string;
  mayBeRoot: boolean;
}

/** The signs by which a container is judged ready. */
export type Readying = Pick<ContainerSpec, "name" | "labels" | "readyMessage" | "readyPort">;

export interface Mount {
  source: { volume: string } | { path: string };
  target: string;
  readOnly: boolean;
}

export interface VolumeSpec {
  name: string;
  labels: Labels;
}

/** The watched containers, and the addresses (`ADDRESS:PORT`) of those with metrics. */
export interface WatchSpec {
  scenario: string;
  /** The watchers' containers. */
  prometheus: string;
  usage: string;
  members: { host: string; role: string; container: string; address: string | null }[];
  /** For the live page, which is given it with the targets. */
  picture: Picture;
}

/** The helper that wires a host: it enters the host's network namespace with only NET_ADMIN. */
export interface WiringSpec {
  /**
   * `rttlab-<scenario>-<host>.wiring`. It remains, exited, as the record that the host is wired.
   */
  name: string;
  container: string;
  image: string;
  labels: Labels;
  /** Data subnets that the host reaches through a link, each with the address of the link's leg. */
  routes: { subnet: string; via: string }[];
  /**
   * TCP congestion control of those routes (`ip route … congctl cubic`). A sysctl would not do: in
   * a network namespace the kernel accepts only entries of the machine's
   * `tcp_allowed_congestion_control`, which often lacks cubic.
   */
  congestionControl: string;
  /** Addresses that must be unreachable: the gateways of its bridges. */
  blackholes: string[];
  /**
   * Its place on the management network, where it reaches only these watchers; absent for watchers.
   */
  management?: { address: string; subnet: string; watchers: string[] };
  /** Addresses of the interfaces whose offloads are switched off. */
  dataAddresses: string[];
}

/**
 * The helper for work in the machine's own network namespace, which it enters with only NET_ADMIN
 * and NET_RAW.
 */
export interface UntrackingSpec {
  /** `rttlab-<scenario>.untracked`. */
  name: string;
  image: string;
  /** With `rttlab.role` `untracked`; the rules bear the comment `rttlab-<rttlab.scenario>`. */
  labels: Labels;
  /** Data subnets, whose packets are not tracked. */
  subnets: string[];
  /** The management network, by its gateway; its members reach only these containers. */
  management: { gateway: string; watchers: string[] };
}
