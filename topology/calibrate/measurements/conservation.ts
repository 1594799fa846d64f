// That every packet is accounted for: what one probe's interface sent is what the other's received,
// and what the link says that it lost, dropped, or had no time to receive. Counted by the kernel at
// both ends (`ip -s`), by the link's agent between.

import type { Check } from "../../../lib/contract/calibration.ts";
import type { DirectionCounters } from "../../../lib/contract/link.ts";
import { RttlabError } from "../../../lib/errors.ts";
import { compare, unjudged } from "../check.ts";
import type { CountedFacts } from "./facts.ts";

/** Frames of an interface since it came up. */
export interface InterfaceCounts {
  sent: number;
  received: number;
}

/** Frames that a direction of a link did not deliver, and knows why; and those that it holds. */
export type Undelivered = Omit<DirectionCounters, "received" | "sent">;

/** The counts of both ends and the link up to a time. */
export interface Account {
  first: InterfaceCounts;
  second: InterfaceCounts;
  undelivered: { forward: Undelivered; backward: Undelivered };
  atMillis: number;
}

export function countsCommand(address: string): string[] {
  return ["ip", "-s", "-j", "address", "show", "to", address];
}

/** Reads the JSON of `ip -s address`. */
export function parseCounts(json: string): InterfaceCounts {
  const [found] = JSON.parse(json) as { stats64?: Record<"rx" | "tx", { packets: number }> }[];
  if (found?.stats64 === undefined) throw new RttlabError("E_MEASUREMENT", "counting packets: ip shows no interface");
  return { sent: found.stats64.tx.packets, received: found.stats64.rx.packets };
}

/**
 * Neighbour discovery between a probe and the link's leg, which no link forwards: some frames at
 * each end, now and then.
 */
const TOLERANCE_FRAMES = 12;
const TOLERANCE_FRAMES_PER_SECOND = 0.5;

/** Holds one direction's account. */
export function checkConservation({ direction, sent, received, undelivered, seconds }: CountedFacts): Check[] {
  const { lost, dropped, missed } = undelivered;
  const expected = sent - lost - dropped - missed;
  const tolerance = Math.ceil(TOLERANCE_FRAMES + TOLERANCE_FRAMES_PER_SECOND * seconds);
  const account = `${sent} sent, ${lost} lost at random, ${dropped} dropped by the queue, ${missed} missed by the link's sockets`;
  const facts = {
    quantity: "conservation",
    unit: "packets",
    configured: null,
    measured: received,
    samples: sent,
  } as const;
  const reason = uncounted(direction);
  if (reason !== null) return [unjudged({ ...facts, note: `${reason}: ${account}` })];
  const note = `${account}; ${tolerance} are for neighbour discovery, which no link forwards`;
  return [compare({ ...facts, expected, tolerance, note })];
}

/** Why a link of these settings cannot account for every packet; null if it can. */
function uncounted({ corruptionRatio, duplicationRatio }: CountedFacts["direction"]): string | null {
  if (duplicationRatio > 0) return "no counter has the copies that the link makes";
  return corruptionRatio > 0 ? "no counter has the packets whose IP header is damaged, which the link drops" : null;
}

/** Above this share of missed frames the machine is too busy for the link to be believed. */
const MISSED_RATIO = 0.01;

/**
 * Holds what the link had no time to receive against what was sent through it. That is the
 * machine's fault, not the link's.
 */
export function checkMissed({ sent, undelivered: { missed } }: CountedFacts): Check[] {
  const facts = { quantity: "missed", unit: "ratio", configured: null, expected: 0, samples: sent } as const;
  const measured = sent === 0 ? 0 : missed / sent;
  if (measured <= MISSED_RATIO) {
    const note = "frames that found the link's sockets full: more of them would pass for loss";
    return [compare({ ...facts, measured, tolerance: MISSED_RATIO, note })];
  }
  return [unjudged({ ...facts, measured, note: "a busy machine: the link had no time to take these frames up" })];
}
