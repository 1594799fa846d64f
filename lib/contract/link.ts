// A link as clients of its agent (services/link) see it: its configuration, its state and its
// counters.

import type { DirectionName, LinkSettings } from "../link/link.ts";
import type { LinkCalibration } from "./calibration.ts";

export const BACKENDS = ["kernel", "uml"] as const;
/** The kernel that forwards packets: the container's own, or that of a User-Mode Linux guest. */
export type BackendName = (typeof BACKENDS)[number];

/** Where a link attaches to a network. */
export interface Leg {
  /** Its name in the scenario. */
  network: string;
  address: string;
  prefixLength: number;
}

/** A data subnet beyond the legs. */
export interface Route {
  subnet: string;
  via: string;
}

/** The environment variable RTTLAB_LINK, as JSON. */
export interface LinkPlan {
  backend: BackendName;
  /** In the order of `between`: forward is from the first to the second. */
  legs: [first: Leg, second: Leg];
  routes: Route[];
  settings: LinkSettings;
}

/** The settings in force, and the agent's name for them, which changes with each change. */
export interface Revision {
  settings: LinkSettings;
  revision: string;
}

export interface LinkState extends Revision {
  name: string;
  backend: BackendName;
  legs: [first: Leg, second: Leg];
  /** Their names in the container, where captures see what crosses them. */
  interfaces: readonly [first: string, second: string];
  /** Whether its qdiscs are taken away at the moment. */
  bare: boolean;
  /** null: the kernel takes no seed. */
  seedInUse: number | null;
  settingsChangedAtMillis: number;
  /** null: not measured since the settings were applied. */
  calibration: LinkCalibration | null;
  /** Whether a calibration is under way. */
  calibrating: boolean;
  /**
   * Networks whose interface was taken away, so that nothing crosses there, even if there is
   * another one now.
   */
  detached: string[];
  /** Capacity of each direction's declared queue; null without one. */
  queuePackets: Record<DirectionName, number | null>;
}

/** After a change. */
export interface LinkChanged extends LinkState {
  /** Packets that were on their way or queued, and are lost with the qdiscs that held them. */
  discardedPackets: Record<DirectionName, number>;
}

/** A step of a timeline as it happened, on the clock of the kernel that has the qdiscs. */
export interface PlayedStep {
  /** When it was due, when tc was given it, and when tc had done it; from the start. */
  atMillis: number;
  beganMillis: number;
  endedMillis: number;
}

export interface Amount {
  packets: number;
  bytes: number;
}

/**
 * In frames. `lost` and `dropped` count from when their stage was built, `received`, `sent` and
 * `missed` from the start. Packets are conserved: received = sent + missed + lost + dropped +
 * propagating + queued (docs/link.md).
 */
export interface DirectionCounters {
  /** Frames at the ingress and at the egress, including ARP. */
  received: Amount;
  sent: Amount;
  /** Found no room in the guest's packet socket. */
  missed: number;
  /** Lost at random in the propagation stage, as configured. */
  lost: number;
  /** Found the queue of the transmission stage full. */
  dropped: number;
  /** Marked by an AQM in place of a drop (ECN), since its stage was built; they are sent, too. */
  marked: number;
  /** In the propagation stage, and in the queue, at the moment. */
  propagating: Amount;
  queued: Amount;
}

export type LinkCounters = Record<DirectionName, DirectionCounters>;

/** The present behaviour of a link, beside the settings that its agent holds. */
export interface LinkInspection extends Revision {
  counters: LinkCounters;
  /** Each difference between the kernel's qdiscs and the settings, in one line. */
  differences: string[];
}

/** As the kernel's own tools print it, for people. */
export interface LinkDump {
  /** `tc -s qdisc show`, where the qdiscs are. */
  qdiscs: string;
  /** `ethtool -k` of both data interfaces of the container, and of the guest's; null: no guest. */
  offloads: string;
  guestOffloads: string | null;
}
