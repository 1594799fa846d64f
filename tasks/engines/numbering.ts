// Names and addresses by an engine's number, which are free again when its interface is gone.
// Addresses are of the ranges reserved for documentation (RFC 5737), which are nobody's; but a
// virtual machine may be in one of them, and would lose its way out if it were given another's
// address.

import { overlaps, parseSubnet, type Subnet } from "../../topology/model/subnet.ts";

export interface EngineNetwork {
  /** The machine's interface, by whose name everything of the engine outside is known. */
  outer: string;
  inner: string;
  /** The engine's address with its prefix, and the machine's. */
  address: string;
  gateway: string;
  /** Words of iptables behind -I. */
  rules: { table: "nat" | "filter"; words: string[] }[];
}

export const NUMBERS: readonly number[] = Array.from({ length: 64 }, (_, number) => number);

const OUTER = "rttlab-e";

const RANGES = ["192.0.2", "198.51.100", "203.0.113"];

/** Addresses that none of `routed` has; null if there are none. */
export function engineNetwork(number: number, routed: readonly Subnet[]): EngineNetwork | null {
  const outer = `${OUTER}${number}`;
  const isFree = (range: string) => {
    const subnet = parseSubnet(`${range}.${4 * number}/30`) as Subnet;
    return !routed.some((other) => overlaps(subnet, other));
  };
  const range = RANGES.find(isFree);
  if (range === undefined) return null;
  const at = (host: number) => `${range}.${4 * number + host}`;
  const own = comment(outer);
  return {
    outer,
    inner: "uplink",
    address: `${at(2)}/30`,
    gateway: at(1),
    rules: [
      { table: "nat", words: ["POSTROUTING", "-s", `${at(0)}/30`, ...own, "-j", "MASQUERADE"] },
      { table: "filter", words: ["FORWARD", "-i", outer, ...own, "-j", "ACCEPT"] },
      { table: "filter", words: ["FORWARD", "-o", outer, ...own, "-j", "ACCEPT"] },
    ],
  };
}

/**
 * A rule without a target, so that it changes nothing: it notes that the machine forwarded nothing
 * before an engine came. Kept among the rules, because these last as long as the setting: until it
 * is set again, or the machine ends.
 */
export const FORWARDING_WAS_OFF = { table: "filter", words: ["FORWARD", ...comment("rttlab-forwarding")] } as const;

export function isForwardingNote(rule: readonly string[]): boolean {
  return rule.join(" ") === FORWARDING_WAS_OFF.words.join(" ");
}

/**
 * Rules, as words behind -D, of engines whose interface is gone, and the note on forwarding once
 * there is no engine any more; `listed` is by `iptables -S`, `interfaces` by `ip -o link`.
 */
export function orphanRules(listed: string, interfaces: string): string[][] {
  const present = new Set([...interfaces.matchAll(/: (rttlab-e\d+)[@:]/g)].map(([, outer]) => outer));
  return listed.split("\n").flatMap((line) => {
    const rule = line.replaceAll('"', "").split(" ").slice(1);
    const [, outer] = / --comment (rttlab-e\d+)(?: |$)/.exec(rule.join(" ")) ?? [];
    const isLeft = outer === undefined ? isForwardingNote(rule) && present.size === 0 : !present.has(outer);
    return isLeft ? [rule] : [];
  });
}

function comment(text: string): string[] {
  return ["-m", "comment", "--comment", text];
}
