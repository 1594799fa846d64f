// What exists on this machine, as far as a plan depends on it. Read by apply/observe.ts, by label; made by hand in tests.

import type { LinkSettings } from "../../lib/link.ts";
import type { ImageName, Labels } from "./step.ts";

export type BackendName = "kernel" | "uml";

export interface Observed {
  /** Which link backend a real trial found to work. */
  backend: BackendName;
  /** The tag that each image has when built from the files as they are now. */
  imageTags: Record<ImageName, string>;
  /** Tags that Docker has. */
  imagesPresent: string[];
  /** Networks and containers of any scenario of ours. */
  networks: ObservedNetwork[];
  containers: ObservedContainer[];
  /** Subnets in use on this machine that are not of our networks: routes of the host, networks of others. */
  foreignSubnets: string[];
  /** TCP ports of 127.0.0.1 that something listens on. */
  busyPorts: number[];
}

export interface ObservedNetwork {
  name: string;
  labels: Labels;
  subnet: string;
}

export interface ObservedContainer {
  name: string;
  labels: Labels;
  state: "created" | "running" | "exited" | "other";
  exitCode: number | null;
  /** Milliseconds since the epoch; null before the first start. */
  startedAtMillis: number | null;
  finishedAtMillis: number | null;
  /** Docker name of each network it is attached to -> its IPv4 address there; empty strings while it does not run. */
  addresses: Record<string, string>;
  /** Settings that a running link's agent holds, as it was given them; null for hosts and for links that do not answer. */
  linkSettings: LinkSettings | null;
  /** Ports of 127.0.0.1 at which it is published. */
  hostPorts: number[];
}
