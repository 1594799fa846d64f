// A link as those see it who ask its agent (services/link): what it is made from, what it holds, what it has counted.

import type { DirectionName, LinkSettings } from "../link/link.ts";
import type { LinkCalibration } from "./calibration.ts";

export const BACKENDS = ["kernel", "uml"] as const;
/** What makes packets cross a link: the container's own kernel, or a User-Mode Linux guest. */
export type BackendName = (typeof BACKENDS)[number];

/** Where a link touches a network. */
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

/** The settings in force, and the name that the agent gives them: another after each change. */
export interface Revision {
  settings: LinkSettings;
  revision: string;
}

export interface LinkState extends Revision {
  name: string;
  backend: BackendName;
  legs: [first: Leg, second: Leg];
  /** Whether its qdiscs are taken away just now. */
  bare: boolean;
  /** Null: the kernel takes no seed. */
  seedInUse: number | null;
  settingsChangedAtMillis: number;
  /** Null: not measured since the settings were applied. */
  calibration: LinkCalibration | null;
  /** Whether somebody measures it. */
  calibrating: boolean;
  /** Networks whose interface was taken away, so that nothing crosses there, also if there is another now. */
  detached: string[];
  /** What the declared queue of each direction holds; null where there is none. */
  queuePackets: Record<DirectionName, number | null>;
}

export interface Amount {
  packets: number;
  bytes: number;
}

/**
 * In frames. `lost` and `dropped` count from when the settings were applied, `received`, `sent` and `missed` from the start.
 * Packets are conserved: received = sent + missed + lost + dropped + propagating + queued (docs/link.md).
 */
export interface DirectionCounters {
  /** Frames that came in at the ingress and went out at the egress, ARP among them. */
  received: Amount;
  sent: Amount;
  /** Found no room in the guest's packet socket. */
  missed: number;
  /** At random, by the propagation stage, as configured. */
  lost: number;
  /** Found the queue of the transmission stage full. */
  dropped: number;
  /** In the propagation stage, and in the queue, just now. */
  propagating: Amount;
  queued: Amount;
}

export type LinkCounters = Record<DirectionName, DirectionCounters>;
