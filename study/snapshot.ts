// Readings of a testbed before and after a run, and a run's expectations (judge.ts). The use of the
// machine is read right before and after the measuring, packets where the path is quiet: pings and
// what waits for them would make a busy part look idle.

import type { DirectionName, LinkSettings } from "../lib/link/link.ts";
import type { TcpCounts } from "./tcp-counts.ts";

/** Packets of one direction of a link, counted from its start. */
export interface DirectionCount {
  received: number;
  sent: number;
  lost: number;
  dropped: number;
  /** By an AQM, in place of a drop. */
  marked: number;
  missed: number;
  /** On the way and queued at the moment. */
  held: number;
}

/** A link at one moment. */
export interface LinkSight extends Readonly<Record<DirectionName, DirectionCount>> {
  settings: LinkSettings;
  /** Differs after each change of the settings. */
  revision: string;
  /** Between the kernel's qdiscs and the settings. */
  differences: readonly string[];
}

/** The use of the machine at one moment, which costs a few milliseconds to read. */
export interface UseSight {
  atMillis: number;
  machine: { cores: number; busySeconds: number; softirqSeconds: number };
  /** Processor time of each host and link since its start, by name. */
  cpuSeconds: Readonly<Record<string, number>>;
  /** Memory of each host and link, and bytes of its interfaces since its start. */
  memoryBytes: Readonly<Record<string, number>>;
  carriedBytes: Readonly<Record<string, { received: number; sent: number }>>;
}

/** The path of a run at one moment. */
export interface Sight {
  links: Readonly<Record<string, LinkSight>>;
  /** Packets of each host's data network since its start, by name. */
  packets: Readonly<Record<string, { received: number; sent: number }>>;
  /** TCP in the measured host, since its start; null if unknown. */
  tcp: TcpCounts | null;
}

/** With what pings found before it, which take longer than a short run. */
export interface Snapshot extends Sight {
  /**
   * Least round trip of a few pings from the measuring host to its target; null if none returned.
   */
  rttMillis: number | null;
}

/** Everything that is read at an end of a run. */
export type Reading = Snapshot & UseSight;

/** A link that the packets between two hosts cross. */
export interface PathLink {
  name: string;
  settings: LinkSettings;
  /** After the events of a run; null if none is of this link. */
  settingsAfter: LinkSettings | null;
  /** The direction from the measuring host to the other. */
  outward: DirectionName;
}

export interface Expectation {
  /** The measuring host and the measured one. */
  generator: string;
  server: string;
  /** The hosts of measurements at the same time, over the same links. */
  beside: readonly { generator: string; server: string }[];
  /** Of a host within another, whose interfaces are that one's: that one. */
  outermost(host: string): string;
  /** How many processors a host or a link can keep busy, if the machine has as many. */
  processorsOf(name: string): number;
  /** In the order in which they are crossed outward. */
  path: readonly PathLink[];
  /** Whether the measurement is over TCP: the kernel's counts say nothing of RUDP. */
  isOverTcp: boolean;
  mayDrop: readonly string[];
  maySaturate: readonly string[];
}
