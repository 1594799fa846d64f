// Whether a run counts. It compares the readings of the testbed before and after with what the
// study allows. A failing run is kept, with its reason, and measured again. Pure: everything is
// passed in.

import { isDeepStrictEqual } from "node:util";
import { utilisationHolds } from "../analysis/models/operational-laws.ts";
import type { Run, Saturated } from "../analysis/results.ts";
import { DIRECTIONS, type LinkSettings } from "../lib/link/link.ts";
import { movedIn, packetFaults } from "./judge-packets.ts";
import { roundTripOf } from "./round-trip.ts";
import type { DirectionCount, Expectation, LinkSight, PathLink, Reading } from "./snapshot.ts";
import type { TcpCounts } from "./tcp-counts.ts";

export interface Judgement {
  /** null: the run counts. */
  voidReason: string | null;
  /** The busiest place, and the others that were saturated. */
  saturated: Saturated;
  alsoSaturated: Saturated[];
  values: Record<string, number>;
  containers: NonNullable<Run["containers"]>;
}

/**
 * A container that uses more than this of the processors that it can keep busy is saturated; so is
 * a machine of which less is idle.
 */
export const SATURATED_SHARE = 0.9;
/** The kernel counts a machine's busy time in these, so a run of a few is not known to a tenth. */
const TICK_SECONDS = 0.01;
export const SATURATION_RULE =
  "A host, a link or the machine is saturated when it was busy for more than 90 % of the run: a container of as many processors as its quota, its cores and its threads let it use, the machine of all of them. So is a generator whose own result says so. Processor time in which a generator only waited for the next request of its schedule makes the machine busy, but not the generator.";

/**
 * `spunSeconds`: processor time in which a host only waited for its next request. It is for
 * nothing, so the host is no busier for it, but the machine is.
 */
export function judge(
  before: Reading,
  after: Reading,
  expected: Expectation,
  spunSeconds: Readonly<Record<string, number>> = {},
): Judgement {
  const saturated = saturatedParts(before, after, expected, spunSeconds);
  const places = saturated.toSorted((one, other) => other.share - one.share).map(({ where }) => where);
  const [limiting = "none", ...others] = new Set<Saturated>(places);
  const containers = containersOf(before, after);
  const faults = [
    ...rttFaults(before, after, expected),
    ...expected.path.flatMap((link) => settingFaults(link, before, after)),
    ...packetFaults(before, after, expected),
    ...utilisationFaults(before, after, containers),
    ...saturated.filter(({ name }) => !expected.maySaturate.includes(name)).map(({ name }) => `${name} was saturated`),
  ];
  return {
    voidReason: faults.length === 0 ? null : faults.join("; "),
    saturated: limiting,
    alsoSaturated: others,
    values: valuesOf(before, after, expected),
    containers,
  };
}

/** The use of each container between the readings; its memory is the most that was seen. */
function containersOf(before: Reading, after: Reading): Judgement["containers"] {
  const nothing = { received: 0, sent: 0 };
  return Object.fromEntries(
    Object.entries(after.cpuSeconds).map(([name, cpuSeconds]) => {
      const [first, last] = [before.carriedBytes[name] ?? nothing, after.carriedBytes[name] ?? nothing];
      const used = {
        cpuSeconds: cpuSeconds - (before.cpuSeconds[name] ?? 0),
        memoryBytes: after.memoryBytes[name] ?? 0,
        receivedBytes: last.received - first.received,
        sentBytes: last.sent - first.sent,
      };
      return [name, used];
    }),
  );
}

function rttFaults(before: Reading, after: Reading, { path }: Expectation): string[] {
  const fault = (when: string, found: number | null, held: readonly LinkSettings[]) => {
    const { configuredMillis, sendingMillis, leastMillis, mostMillis } = roundTripOf(held);
    if (found === null) return [`no ping came back ${when} the run`];
    if (found >= leastMillis && found <= mostMillis) return [];
    const own = sendingMillis < 0.1 ? "" : ` and ${Number(sendingMillis.toFixed(2))} ms to send a ping`;
    return [`the path had an RTT of ${found} ms ${when} the run, configured were ${configuredMillis} ms${own}`];
  };
  const [first, last] = [path.map(({ settings }) => settings), path.map(lastSettings)];
  return [...fault("before", before.rttMillis, first), ...fault("after", after.rttMillis, last)];
}

/** Those that the events of the run leave behind. */
export function lastSettings({ settings, settingsAfter }: PathLink): LinkSettings {
  return settingsAfter ?? settings;
}

/**
 * A link must have the run's settings, in the kernel too, and must not be set anew meanwhile. Its
 * seed is the agent's affair if nothing is lost at random.
 */
function settingFaults(link: PathLink, before: Reading, after: Reading): string[] {
  const { name } = link;
  const [first, last] = [before.links[name], after.links[name]];
  const faults = (when: string, sight: LinkSight | undefined, settings: LinkSettings) => {
    if (sight === undefined) return [`${name} was not there ${when} the run`];
    const isAsked = DIRECTIONS.every((side) => isDeepStrictEqual(sight.settings[side], settings[side]));
    return [
      ...(isAsked ? [] : [`${name} was set to something else ${when} the run`]),
      ...sight.differences.map((text) => `${name} was not as it was set ${when} the run: ${text}`),
    ];
  };
  const found = [...faults("before", first, link.settings), ...faults("after", last, lastSettings(link))];
  const isPlayed = link.settingsAfter !== null;
  return !isPlayed && found.length === 0 && first?.revision !== last?.revision
    ? [`${name} was set anew during the run`]
    : found;
}

/** A counter that began anew, or a window that is too short, shows by the utilisation law. */
function utilisationFaults(before: Reading, after: Reading, containers: Judgement["containers"]): string[] {
  const seconds = (after.atMillis - before.atMillis) / 1000;
  const busySeconds = Object.values(containers).map(({ cpuSeconds }) => cpuSeconds);
  if (utilisationHolds({ busySeconds, seconds, processors: after.machine.cores })) return [];
  const sum = busySeconds.map((one) => one.toFixed(2)).join(" + ");
  return [`the processor time of the hosts and links does not add up: ${sum} s`];
}

interface SaturatedPart {
  name: string;
  where: Exclude<Saturated, "none">;
  share: number;
}

/** Each once, also where several measurements share it. */
function saturatedParts(
  before: Reading,
  after: Reading,
  { generator, server, beside, path, processorsOf }: Expectation,
  spunSeconds: Readonly<Record<string, number>>,
): SaturatedPart[] {
  const seconds = (after.atMillis - before.atMillis) / 1000;
  const { cores } = after.machine;
  const part = (name: string, where: SaturatedPart["where"]): SaturatedPart => {
    const busySeconds = cpuSecondsOf(name, before, after) - (spunSeconds[name] ?? 0);
    const share = busySeconds / (seconds * Math.min(cores, processorsOf(name)));
    return { name, where, share };
  };
  const busySeconds = after.machine.busySeconds - before.machine.busySeconds;
  const machine = Math.max(0, busySeconds / cores - TICK_SECONDS) / seconds;
  const parts: SaturatedPart[] = [
    ...[{ generator, server }, ...beside].flatMap((hosts) => [
      part(hosts.generator, "generator"),
      part(hosts.server, "server"),
    ]),
    ...path.map(({ name }) => part(name, "link")),
    { name: "machine", where: "machine", share: machine },
  ];
  return parts.filter(
    ({ name, share }, index) => share > SATURATED_SHARE && parts.findIndex((one) => one.name === name) === index,
  );
}

function valuesOf(before: Reading, after: Reading, expected: Expectation): Record<string, number> {
  const { generator, server, path, isOverTcp } = expected;
  const moved = path.flatMap((link) => DIRECTIONS.flatMap((side) => movedIn(link, side, before, after) ?? []));
  const total = (of: (count: DirectionCount) => number) => moved.reduce((sum, one) => sum + of(one), 0);
  const cpu = (name: string) => cpuSecondsOf(name, before, after);
  const rtts = [before.rttMillis, after.rttMillis].filter((rtt) => rtt !== null);
  return {
    ...(rtts.length === 0 ? {} : { rttSeconds: Math.min(...rtts) / 1000 }),
    forwardedPackets: total(({ sent }) => sent),
    lostPackets: total(({ lost }) => lost),
    droppedPackets: total(({ dropped }) => dropped),
    markedPackets: total(({ marked }) => marked),
    ...(isOverTcp ? tcpValues(before.tcp, after.tcp) : {}),
    generatorCpuSeconds: cpu(generator),
    serverCpuSeconds: cpu(server),
    serverMemoryBytes: after.memoryBytes[server] ?? 0,
    linkCpuSeconds: path.reduce((sum, { name }) => sum + cpu(name), 0),
    softirqSeconds: after.machine.softirqSeconds - before.machine.softirqSeconds,
  };
}

/** 0 of a container that is not there at one of the moments. */
function cpuSecondsOf(name: string, before: Reading, after: Reading): number {
  const [first, last] = [before.cpuSeconds[name], after.cpuSeconds[name]];
  return first === undefined || last === undefined ? 0 : last - first;
}

function tcpValues(before: TcpCounts | null, after: TcpCounts | null): Record<string, number> {
  if (before === null || after === null) return {};
  return {
    lossEvents: after.lossEvents - before.lossEvents,
    timeouts: after.timeouts - before.timeouts,
    resentSegments: after.resentSegments - before.resentSegments,
  };
}
