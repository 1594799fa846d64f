// An AQM of one name that may mark packets instead of dropping them (ECN, RFC 3168): its words.

import type { QueueKind } from "./kind.ts";

export interface Aqm<Kind extends string> {
  kind: Kind;
  ecn: boolean;
}

export function aqmWords<Kind extends string>(
  kind: Kind,
): Pick<QueueKind<Aqm<Kind>>, "kind" | "range" | "pattern" | "parse" | "format"> {
  const pattern = `^${kind}(\\+ecn)?$`;
  return {
    kind,
    range: `${kind}, or ${kind}+ecn to mark before it drops`,
    pattern,
    parse: (text) => (new RegExp(pattern).test(text.trim()) ? { kind, ecn: text.includes("+ecn") } : undefined),
    format: ({ ecn }) => (ecn ? `${kind}+ecn` : kind),
  };
}

/**
 * Packets that an AQM holds at most, as RFC 8290, section 5.2.3, has it: more than it lets gather.
 */
export const LIMIT_PACKETS = 10_240;

/**
 * The kernel counts CoDel's times in units of 1024 ns (codel.h), and tc prints them in whole
 * microseconds.
 */
export function codelMicros(micros: number): number {
  return Math.floor((Math.floor((micros * 1000) / 1024) * 1024) / 1000);
}
