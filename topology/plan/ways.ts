// How to see that a link carries packets: which host asks which, so that question and answer cross
// it, and how long silence must last to mean something. Pure; apply/examine.ts asks.

import { type LinkSettings, rttMillis } from "../../lib/link/link.ts";
import { lossFacts } from "../../lib/link/loss-chain.ts";
import { FRAME_BYTES } from "../../lib/link/queues/kind.ts";
import { queuePackets } from "../../lib/link/queues/table.ts";
import { overlaps, parseSubnet } from "../model/subnet.ts";
import type { ObservedContainer } from "./observed.ts";
import { placesOf } from "./places.ts";
import type { Attachment } from "./step.ts";

/** The asking host, and the addresses that must all answer. */
export interface Way {
  from: string;
  to: string[];
  /** Whether no other link is crossed. */
  isDirect: boolean;
}

/** A host as it was wired. */
export interface WiredHost {
  name: string;
  places: Attachment[];
  routes: { subnet: string; via: string }[];
}

/** Packets are sent this often, until one is answered. */
export const INTERVAL_MILLIS = 200;
/** A busy machine may take this long to answer. */
const SLACK_MILLIS = 2500;
/** Nobody waits longer to know; slower links cannot be judged in this way. */
const MOST_MILLIS = 6000;
/** Silence by chance is rarer than this. */
const CHANCE = 1e-6;

/**
 * The way through a link: from a host on one side to one on the other, or to the link's own far end
 * if that side has none. Anybody who reaches both ends crosses a link that has no host beside it.
 * null if nobody can ask.
 */
export function wayThrough(link: ObservedContainer, hosts: readonly WiredHost[]): Way | null {
  const [first, second] = placesOf(link.labels) ?? [];
  if (first === undefined || second === undefined) return null;
  const direct = [wayBetween(first, second, hosts), wayBetween(second, first, hosts)].filter((way) => way !== null);
  const [best] = direct.sort((a, b) => Number(b.toHost) - Number(a.toHost));
  if (best !== undefined) return { from: best.from, to: [best.to], isDirect: true };
  const ends = [first.address, second.address];
  const far = hosts.find(({ routes }) => ends.every((end) => routes.some(({ subnet }) => holds(subnet, end))));
  return far === undefined ? null : { from: far.name, to: ends, isDirect: false };
}

function wayBetween(near: Attachment, far: Attachment, hosts: readonly WiredHost[]) {
  const asks = hosts.find(({ routes }) =>
    routes.some(({ subnet, via }) => via === near.address && holds(subnet, far.address)),
  );
  if (asks === undefined) return null;
  const there = hosts.flatMap(({ places }) => places.filter(({ network }) => network === far.network));
  return { from: asks.name, to: there[0]?.address ?? far.address, toHost: there.length > 0 };
}

function holds(subnet: string, address: string): boolean {
  const [whole, single] = [parseSubnet(subnet), parseSubnet(`${address}/32`)];
  return whole !== undefined && single !== undefined && overlaps(whole, single);
}

/**
 * How long to ask until silence means that nothing is carried, through links of these settings: a
 * round trip with full queues, and enough tries for the loss. null if that is too long.
 */
export function patienceSeconds(links: readonly LinkSettings[]): number | null {
  const longestMillis = links.reduce((sum, settings) => sum + rttMillis(settings) + drainMillis(settings), 0);
  const passes = links.reduce((ratio, link) => ratio * passing(link.forward) * passing(link.backward), 1);
  const tries = passes === 1 ? 1 : passes === 0 ? Number.POSITIVE_INFINITY : Math.log(CHANCE) / Math.log(1 - passes);
  const millis = longestMillis + Math.max(SLACK_MILLIS, tries * INTERVAL_MILLIS);
  return millis > MOST_MILLIS ? null : Math.ceil(millis / 1000);
}

/** The share of a direction's packets that arrive whole. */
function passing(direction: LinkSettings["forward"]): number {
  return (1 - lossFacts(direction).meanRatio) * (1 - direction.corruptionRatio);
}

/** How long the full queues of both directions take to drain. */
function drainMillis(settings: LinkSettings): number {
  const times = [settings.forward, settings.backward].map(({ rateBitsPerSecond, queue }) => {
    if (rateBitsPerSecond === null) return 0;
    const packets = queuePackets(queue, { rateBitsPerSecond, rttMillis: rttMillis(settings) });
    return (packets * FRAME_BYTES * 8000) / rateBitsPerSecond;
  });
  return times.reduce((sum, millis) => sum + millis, 0);
}
