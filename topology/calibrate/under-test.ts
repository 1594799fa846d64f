// A link with a probe at each end, and what is needed to measure it.

import type { Check } from "../../lib/contract/calibration.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import type { Sighting } from "./capture.ts";
import type { Undelivered } from "./measurements/conservation.ts";
import type { Delay } from "./measurements/facts.ts";
import type { RoundTrips } from "./measurements/rtt.ts";
import type { Share } from "./share.ts";
import type { Printed } from "./shell.ts";

export interface End {
  /** Name of the probe's container. */
  container: string;
  address: string;
}

/** A link with a probe at each end; forward is from the first to the second. */
export interface LinkUnderTest {
  link: string;
  container: string;
  backend: string;
  between: [first: string, second: string];
  settings: LinkSettings;
  ends: readonly [first: End, second: End];
}

export interface Tools {
  /** Resolves to what the command printed on stdout; rejects with E_MEASUREMENT when it failed. */
  run(container: string, command: readonly string[], options?: { seconds?: number }): Promise<string>;
  /** For a command that may fail. */
  attempt(container: string, command: readonly string[], options?: { seconds?: number }): Promise<Printed>;
  /** The probes' captures of the work. */
  record(work: () => Promise<unknown>, sample: Sample): Promise<Recording>;
  /** For work that is not recorded. */
  share: Share;
  /**
   * The packets that each direction of the link did not deliver since its qdiscs were built, and
   * those in it.
   */
  undelivered(): Promise<{ forward: Undelivered; backward: Undelivered }>;
  /** Does something while the link has no qdiscs. */
  whileBare<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Does something while the link's queues hold at least so many packets, at the same rates. */
  whileRoomy<Result>(packets: number, work: () => Promise<Result>): Promise<Result>;
  /** Receives a description of the current measurement. */
  onStep(step: string): void;
}

export interface Sample {
  /** How long packets take to arrive at most, for which is waited where some did not. */
  onTheWayMillis: number;
  packetsPerSecond: number;
}

export interface Recording {
  first: Sighting[];
  second: Sighting[];
}

export interface MeasureOptions {
  /** How many links are calibrated together: the errors of all their checks are one family. */
  links?: number;
  /** Take samples that need minutes. */
  thorough?: boolean;
}

/** The measurements of echoes, both ways. */
export interface Echoes {
  forward: Delay | undefined;
  backward: Delay | undefined;
  echoes: RoundTrips | undefined;
  /** For an error message: how far the echoes came, and ping's own errors. */
  story: string;
}

export interface Base {
  forward: Delay;
  backward: Delay;
  echoes: RoundTrips;
  largest: Check;
  /** The rate that TCP reached; null unless it was measured. */
  ceilingBitsPerSecond: number | null;
}
