// The state of this machine, as far as a plan depends on it. apply/observe.ts reads it by label;
// tests make it by hand.

import type { Background } from "../../lib/contract/contract.ts";
import type { BackendName } from "../../lib/contract/link.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import type { ImageName } from "../roles/images.ts";
import type { Labels } from "./step.ts";

export interface Observed {
  /** The link backend that a real trial found to work. */
  backend: BackendName;
  /** Of the machine. */
  processors: number;
  /** The tag of each image if built from the current files. */
  imageTags: Record<ImageName, string>;
  /** Whether Grafana's own image is here. */
  hasGrafana: boolean;
  /** Tags that Docker has. */
  imagesPresent: string[];
  /** Whether a study is at work on the scenario, other than one that brings it up. */
  isStudied: boolean;
  /** Docker's id of each image of a user's own that it has, by the name in the scenario. */
  programImages: Readonly<Record<string, string>>;
  /** Networks and containers of any scenario of ours. */
  networks: ObservedNetwork[];
  containers: ObservedContainer[];
  volumes: ObservedVolume[];
  /** Subnets of Docker networks of others. */
  foreignSubnets: string[];
  /**
   * Subnets that this machine routes elsewhere than to our networks, and the addresses (/32) that
   * it needs.
   */
  machineSubnets: string[];
  /** TCP ports of 127.0.0.1 that are in use. */
  busyPorts: number[];
}

export interface ObservedNetwork {
  name: string;
  labels: Labels;
  subnet: string;
  /** Names of running containers on it that are not ours. */
  strangers: string[];
}

export interface ObservedVolume {
  name: string;
  labels: Labels;
}

export interface ObservedContainer {
  name: string;
  labels: Labels;
  state: "created" | "running" | "paused" | "exited" | "other";
  exitCode: number | null;
  /** Milliseconds since the epoch; null before the first start. */
  startedAtMillis: number | null;
  finishedAtMillis: number | null;
  /**
   * Docker name of each network it is attached to -> its IPv4 address there; empty strings while it
   * does not run.
   */
  addresses: Record<string, string>;
  /** Docker's id of the image that it was made from. */
  imageId: string;
  /** Its command, current or last. */
  command: string[];
  /**
   * Settings that a running link's agent holds, as it was given them; null for hosts and for links
   * that do not answer.
   */
  linkSettings: LinkSettings | null;
  /** Whether somebody measures a running link, or waits to; false for hosts. */
  isCalibrating: boolean;
  /** Ports of 127.0.0.1 at which it is published. */
  hostPorts: number[];
  /**
   * Docker's id, and the number of its first process on the machine; null while it does not run.
   */
  process: { id: string; pid: number } | null;
  /**
   * The list of a running watcher, as text (plan/watch.ts); null for others, and for one that does
   * not answer.
   */
  watching: string | null;
  /**
   * The background load of a running load generator; null without one, for other roles, and if it
   * does not answer.
   */
  background: Background | null;
  /**
   * The fault found by trying it while it runs as planned according to Docker; null also if nobody
   * tried.
   */
  fault: Fault | null;
}

/**
 * disconnected: not on its networks as planned. unwired: its routes and offloads are not what they
 * should be. changed: its options are not the scenario's. unreachable: it does not answer. silent:
 * it answers, but nothing comes back through it.
 */
export interface Fault {
  kind: "stopped" | "paused" | "disconnected" | "unwired" | "unreachable" | "silent" | "changed";
  text: string;
}
