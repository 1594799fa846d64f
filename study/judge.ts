// Whether a run counts. What was read of the testbed before and after it is held against what the study allows; a run that
// fails is kept, with its reason, and measured again. Pure: everything comes in.

import type { Saturated } from "../analysis/results.ts";
import { DIRECTIONS, type DirectionName } from "../lib/link/link.ts";
import type { TcpCounts } from "./tcp-counts.ts";

/** Packets of one direction of a link, counted from its start. */
export interface DirectionCount {
  received: number;
  sent: number;
  lost: number;
  dropped: number;
  missed: number;
  /** On the way and queued just now. */
  held: number;
}

/** The testbed at one moment. */
export interface Snapshot {
  atMillis: number;
  links: Readonly<Record<string, Readonly<Record<DirectionName, DirectionCount>>>>;
  /** Processor time of each host and link since its start, by name. */
  cpuSeconds: Readonly<Record<string, number>>;
  machine: { cores: number; busySeconds: number; softirqSeconds: number };
  /** TCP in the host that is measured, since its start; null where that is not known. */
  tcp: TcpCounts | null;
  /** Least round trip of a few pings from the measuring host to its target; null when none came back. */
  rttMillis: number | null;
}

export interface Expectation {
  /** The host that measures, and the one that it measures against. */
  generator: string;
  server: string | null;
  links: readonly string[];
  /** Round trip of the path as configured. */
  rttMillis: number;
  mayDrop: readonly string[];
  maySaturate: readonly string[];
}

export interface Judgement {
  /** Null: the run counts. */
  voidReason: string | null;
  saturated: Saturated;
  values: Record<string, number>;
}

/** A container that takes more of one processor than this is saturated, for each of ours has one busy thread; so is a machine of which less is idle. */
export const SATURATED_SHARE = 0.9;
export const SATURATION_RULE =
  "A host, a link or the machine is saturated when it was busy for more than 90 % of the run: a container of one processor, the machine of all of them.";

/** Forwarding costs some tenths of a millisecond; a path that differs by more than this is not the one asked for. */
const RTT_TOLERANCE_MILLIS = 2;
const RTT_TOLERANCE_RATIO = 0.02;
/** Of frames that are no IP packet, ARP above all, which a link receives and does not forward, or the other way round. */
const UNCOUNTED_PACKETS = 12;

export function judge(before: Snapshot, after: Snapshot, expected: Expectation): Judgement {
  const saturated = saturationOf(before, after, expected);
  const faults = [
    ...rttFaults(before, after, expected),
    ...expected.links.flatMap((link) => linkFaults(link, before, after, expected)),
    ...(saturated === null || expected.maySaturate.includes(saturated.name) ? [] : [`${saturated.name} was saturated`]),
  ];
  return {
    voidReason: faults.length === 0 ? null : faults.join("; "),
    saturated: saturated?.where ?? "none",
    values: valuesOf(before, after, expected),
  };
}

function rttFaults(before: Snapshot, after: Snapshot, { rttMillis }: Expectation): string[] {
  const tolerance = Math.max(RTT_TOLERANCE_MILLIS, rttMillis * RTT_TOLERANCE_RATIO);
  const fault = (when: string, found: number | null) => {
    if (found === null) return [`no ping came back ${when} the run`];
    if (Math.abs(found - rttMillis) <= tolerance) return [];
    return [`the path had an RTT of ${found} ms ${when} the run, configured were ${rttMillis} ms`];
  };
  return [...fault("before", before.rttMillis), ...fault("after", after.rttMillis)];
}

function linkFaults(link: string, before: Snapshot, after: Snapshot, { mayDrop }: Expectation): string[] {
  return DIRECTIONS.flatMap((side) => {
    const [first, last] = [before.links[link]?.[side], after.links[link]?.[side]];
    if (first === undefined || last === undefined) return [`${link} was not there`];
    const moved = difference(first, last);
    const name = `${link}.${side}`;
    const gone = moved.lost + moved.dropped + moved.missed + moved.held;
    const astray = moved.received - moved.sent - gone;
    return [
      ...(moved.missed > 0 ? [`${name} had no room for ${moved.missed} frames: the machine was too busy`] : []),
      ...(moved.dropped > 0 && !mayDrop.includes(name)
        ? [`the queue of ${name} dropped ${moved.dropped} packets`]
        : []),
      ...(Math.abs(astray) > UNCOUNTED_PACKETS ? [`${astray} packets of ${name} are unaccounted for`] : []),
    ];
  });
}

function difference(first: DirectionCount, last: DirectionCount): DirectionCount {
  const keys = Object.keys(first) as (keyof DirectionCount)[];
  return Object.fromEntries(keys.map((key) => [key, last[key] - first[key]])) as unknown as DirectionCount;
}

/** The busiest of those that are saturated: the first that limits. */
function saturationOf(
  before: Snapshot,
  after: Snapshot,
  { generator, server, links }: Expectation,
): { name: string; where: Exclude<Saturated, "none"> } | null {
  const seconds = (after.atMillis - before.atMillis) / 1000;
  const share = (name: string) => ((after.cpuSeconds[name] ?? 0) - (before.cpuSeconds[name] ?? 0)) / seconds;
  const { cores } = after.machine;
  const machine = (after.machine.busySeconds - before.machine.busySeconds) / seconds / cores;
  const shares = [
    { name: generator, where: "generator" as const, share: share(generator) },
    ...(server === null ? [] : [{ name: server, where: "server" as const, share: share(server) }]),
    ...links.map((name) => ({ name, where: "link" as const, share: share(name) })),
    { name: "machine", where: "machine" as const, share: machine },
  ];
  const [busiest] = shares.filter((each) => each.share > SATURATED_SHARE).sort((a, b) => b.share - a.share);
  return busiest ?? null;
}

function valuesOf(
  before: Snapshot,
  after: Snapshot,
  { generator, server, links }: Expectation,
): Record<string, number> {
  const total = (of: (count: DirectionCount) => number) =>
    links.reduce((sum, link) => {
      const [first, last] = [before.links[link], after.links[link]];
      if (first === undefined || last === undefined) return sum;
      return sum + DIRECTIONS.reduce((both, side) => both + of(last[side]) - of(first[side]), 0);
    }, 0);
  const cpu = (name: string) => (after.cpuSeconds[name] ?? 0) - (before.cpuSeconds[name] ?? 0);
  const rtts = [before.rttMillis, after.rttMillis].filter((rtt) => rtt !== null);
  return {
    ...(rtts.length === 0 ? {} : { rttSeconds: Math.min(...rtts) / 1000 }),
    forwardedPackets: total(({ sent }) => sent),
    lostPackets: total(({ lost }) => lost),
    droppedPackets: total(({ dropped }) => dropped),
    ...tcpValues(before.tcp, after.tcp),
    generatorCpuSeconds: cpu(generator),
    ...(server === null ? {} : { serverCpuSeconds: cpu(server) }),
    linkCpuSeconds: links.reduce((sum, link) => sum + cpu(link), 0),
    softirqSeconds: after.machine.softirqSeconds - before.machine.softirqSeconds,
  };
}

function tcpValues(before: TcpCounts | null, after: TcpCounts | null): Record<string, number> {
  if (before === null || after === null) return {};
  return {
    lossEvents: after.lossEvents - before.lossEvents,
    timeouts: after.timeouts - before.timeouts,
    resentSegments: after.resentSegments - before.resentSegments,
  };
}
