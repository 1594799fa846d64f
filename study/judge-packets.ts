// Whether all packets of a run are accounted for, from the hosts' interfaces through every link of
// their path, and whether foreign packets were under way.

import { DIRECTIONS, type DirectionName } from "../lib/link/link.ts";
import type { DirectionCount, Expectation, PathLink, Snapshot } from "./snapshot.ts";

/**
 * Of frames that are no IP packets, mainly ARP, which a link receives and does not forward, or the
 * other way round.
 */
const UNCOUNTED_PACKETS = 12;

export function packetFaults(before: Snapshot, after: Snapshot, expected: Expectation): string[] {
  return [
    ...expected.path.flatMap((link) =>
      DIRECTIONS.flatMap((side) => directionFaults(link, side, before, after, expected)),
    ),
    ...wayFaults(before, after, expected),
  ];
}

function directionFaults(
  link: PathLink,
  side: DirectionName,
  before: Snapshot,
  after: Snapshot,
  { mayDrop }: Expectation,
): string[] {
  const moved = movedIn(link, side, before, after);
  if (moved === null) return []; // it was not there, which is said already
  const held = before.links[link.name]?.[side].held ?? 0;
  const name = `${link.name}.${side}`;
  const gone = moved.lost + moved.dropped + moved.missed + moved.held;
  // A stage that an event builds anew forgets its counts, so only the way from host to host is
  // whole.
  const astray = isPlayed(link) ? 0 : moved.received - moved.sent - gone;
  return [
    ...(held > 0 ? [`${held} packets of something else were under way in ${name} before the run`] : []),
    ...(moved.missed > 0 ? [`${name} had no room for ${moved.missed} frames: the machine was too busy`] : []),
    ...(moved.dropped > 0 && !mayDrop.includes(name) ? [`the queue of ${name} dropped ${moved.dropped} packets`] : []),
    ...(Math.abs(astray) > UNCOUNTED_PACKETS ? [`${astray} packets of ${name} are unaccounted for`] : []),
  ];
}

/**
 * From one host to the other and back: whatever leaves a place on the way arrives at the next, and
 * nothing else does.
 */
function wayFaults(before: Snapshot, after: Snapshot, expected: Expectation): string[] {
  const { generator, server, beside, path, outermost } = expected;
  const outward = path.map((link) => ({ link, side: link.outward }));
  const homeward = outward.map(({ link, side }) => ({ link, side: opposite(side) })).reverse();
  const pairs = [{ generator, server }, ...beside].map((pair) => ({
    near: outermost(pair.generator),
    far: outermost(pair.server),
  }));
  // A pair within one host has no packet on a network.
  const apart = pairs.filter((pair) => pair.near !== pair.far);
  const [near, far] = [[...new Set(apart.map((pair) => pair.near))], [...new Set(apart.map((pair) => pair.far))]];
  return [...oneWay(near, far, outward), ...oneWay(far, near, homeward)];

  function oneWay(
    senders: readonly string[],
    receivers: readonly string[],
    crossed: readonly { link: PathLink; side: DirectionName }[],
  ): string[] {
    const [from, to] = [senders.join(" and "), receivers.join(" and ")];
    const [sender, receiver] = [packetsOf(senders, before, after), packetsOf(receivers, before, after)];
    if (sender === null || receiver === null) return [`the packets of ${from} or ${to} are not known`];
    const links = crossed.flatMap(({ link, side }) => {
      const moved = movedIn(link, side, before, after);
      return moved === null ? [] : [{ name: `${link.name}.${side}`, incoming: moved.received, outgoing: moved.sent }];
    });
    if (links.length < crossed.length) return [];
    const places = [
      { name: from, incoming: 0, outgoing: sender.sent },
      ...links,
      { name: to, incoming: receiver.received, outgoing: 0 },
    ];
    return places.slice(1).flatMap((place, at) => {
      const earlier = places[at] as (typeof places)[number];
      const lost = earlier.outgoing - place.incoming;
      if (Math.abs(lost) <= UNCOUNTED_PACKETS) return [];
      return lost > 0
        ? [`${lost} packets were lost outside the links, between ${earlier.name} and ${place.name}`]
        : [`${-lost} packets of something else came in at ${place.name}`];
    });
  }
}

/** Between the snapshots; null if the link was not there at one of them. */
export function movedIn(link: PathLink, side: DirectionName, before: Snapshot, after: Snapshot): DirectionCount | null {
  const [first, last] = [before.links[link.name]?.[side], after.links[link.name]?.[side]];
  if (first === undefined || last === undefined) return null;
  const keys = Object.keys(first) as (keyof DirectionCount)[];
  const mayRestart = (key: keyof DirectionCount) => isPlayed(link) && key !== "held";
  const moved = keys.map((key) => [key, (mayRestart(key) ? grown : difference)(first[key], last[key])]);
  return Object.fromEntries(moved) as DirectionCount;
}

function isPlayed({ settingsAfter }: PathLink): boolean {
  return settingsAfter !== null;
}

function difference(first: number, last: number): number {
  return last - first;
}

/** A stage that an event built anew counts from 0 again, and has forgotten what it lost before. */
function grown(first: number, last: number): number {
  return last < first ? last : last - first;
}

/** Of all of these hosts; null if those of one are not known. */
function packetsOf(
  hosts: readonly string[],
  before: Snapshot,
  after: Snapshot,
): { received: number; sent: number } | null {
  const sum = { received: 0, sent: 0 };
  for (const host of hosts) {
    const [first, last] = [before.packets[host], after.packets[host]];
    if (first === undefined || last === undefined) return null;
    sum.received += last.received - first.received;
    sum.sent += last.sent - first.sent;
  }
  return sum;
}

function opposite(side: DirectionName): DirectionName {
  return side === "forward" ? "backward" : "forward";
}
