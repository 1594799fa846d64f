// Corruption: packets of the loss test that arrived with a wrong checksum. netem turns one bit
// anywhere in a frame. Of a bit in the Ethernet header nothing is left after the link; one in the
// IP header makes the link drop the packet, uncounted; one in the UDP header or behind it is seen.

import type { Check } from "../../../lib/contract/calibration.ts";
import type { Direction } from "../../../lib/link/direction.ts";
import { lossFacts } from "../../../lib/link/loss-chain.ts";
import type { StreamFacts } from "./facts.ts";
import { checkShare } from "./share-of-packets.ts";
import { MIN_FRAME_BYTES } from "./stream.ts";

const [ETHERNET_BYTES, IP_BYTES] = [14, 20];
/** A capture finds packets by the two bytes of their destination port. */
const PORT_BYTES = 2;

/** The share of the corrupted small packets that does not arrive as it was sent. */
export const HARMED_RATIO = (MIN_FRAME_BYTES - ETHERNET_BYTES) / MIN_FRAME_BYTES;
/** The share of them that arrives and is seen to be damaged. */
const SEEN_RATIO = (MIN_FRAME_BYTES - ETHERNET_BYTES - IP_BYTES - PORT_BYTES) / MIN_FRAME_BYTES;

/**
 * The share of all small packets that is seen to be damaged; netem damages none of those that it
 * loses.
 */
export function corruptionSeen(direction: Direction): number {
  return direction.corruptionRatio * seenRatio(direction);
}

function seenRatio(direction: Direction): number {
  return SEEN_RATIO * (1 - lossFacts(direction).meanRatio);
}

export function checkCorruption({ direction, sample, rates }: StreamFacts): Check[] {
  const { corruptionRatio } = direction;
  if (corruptionRatio === 0) return [];
  const note = "damaged as the checksum has it; of a frame of 54 bytes a wrong bit is seen in 18";
  return [checkShare("corruption", corruptionRatio, seenRatio(direction), sample?.damaged, sample, rates, note)];
}
