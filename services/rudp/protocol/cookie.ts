// The cookie of a listener that keeps no state for a SYN (RFC 4987 3.6): the numbers in its answer
// are a keyed hash of the SYN and its source. When they return, the listener computes them again
// and knows that the peer receives at that address.

import { createHmac } from "node:crypto";
import type { Segment } from "./wire.ts";

/** The server's half of a connection, before there is one. */
export interface Minted {
  mintedAt: number;
  localId: number;
  localInitial: number;
  high: number;
  low: number;
}

/** The claim that a client makes in its SYN, and repeats with the cookie. */
export interface Claim {
  from: string;
  remoteId: number;
  remoteInitial: number;
  windowShift: number;
  sackPermitted: boolean;
}

export function claimOf(segment: Segment, from: string, remoteInitial: number): Claim {
  const { sourceId, windowShift, sackPermitted } = segment;
  return { from, remoteId: sourceId, remoteInitial, windowShift, sackPermitted };
}

/**
 * The numbers for a claim at a time, in milliseconds of the listener's clock modulo 2^32. Neither
 * id nor MAC is ever 0, which means none.
 */
export function mint(secret: Uint8Array, claim: Claim, mintedAt: number): Minted {
  const { from, remoteId, remoteInitial, windowShift, sackPermitted } = claim;
  const said = [from, remoteId, remoteInitial, windowShift, sackPermitted, mintedAt].join(" ");
  const digest = createHmac("sha256", secret).update(said).digest();
  return {
    mintedAt,
    localId: digest.readUInt32BE(0) || 1,
    localInitial: digest.readUInt32BE(4),
    high: digest.readUInt32BE(8) || 1,
    low: digest.readUInt32BE(12),
  };
}

/**
 * The numbers minted for this claim if the segment's cookie is ours and at most `lifetimeMillis`
 * old (less than 2^31), else null.
 */
export function verify(
  secret: Uint8Array,
  claim: Claim,
  segment: Segment,
  nowMillis: number,
  lifetimeMillis: number,
): Minted | null {
  const age = (nowMillis - segment.cookieMintedAt) | 0;
  if (age < 0 || age > lifetimeMillis) return null;
  const minted = mint(secret, claim, segment.cookieMintedAt);
  const isOurs = minted.high === segment.cookieHigh && minted.low === segment.cookieLow;
  return isOurs && minted.localId === segment.destinationId ? minted : null;
}
