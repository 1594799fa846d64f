// Measures one link between two probes: ping and iperf 2 send, tcpdump at both ends sees what was sent and what arrived.
// Nothing that the link loses can mislead that. A sample that a busy machine spoilt is taken again, never judged.
// Knows no Docker: how a command is run in a container is given to it.

import type { Direction } from "../../lib/impairment/table.ts";
import { type LinkSettings, rttMillis } from "../../lib/link.ts";
import type { Check, LinkCalibration } from "../../lib/results.ts";
import { type Flight, flights, type Sighting } from "./capture.ts";
import { unjudged } from "./check.ts";
import { transmissionMillis } from "./frames.ts";
import { measureBase } from "./measure-base.ts";
import { measureLosses } from "./measure-losses.ts";
import {
  type BurstPlan,
  type BurstResult,
  burstCommand,
  declaredPackets,
  planBurst,
  readBursts,
} from "./measurements/burst.ts";
import { busyRatio, parseTicks, TICKS_COMMAND } from "./measurements/busy.ts";
import { type Account, checkConservation, checkMissed, type Undelivered } from "./measurements/conservation.ts";
import { checkDelay, type Delay, delayOf, ECHO_FRAME_BYTES, echoCommand, echoSample } from "./measurements/delay.ts";
import { checkQueue } from "./measurements/queue.ts";
import { checkRate, statedCeiling } from "./measurements/rate.ts";
import { checkRtt, parseRoundTrips, type RoundTrips } from "./measurements/rtt.ts";
import { readAccount } from "./read-account.ts";
import { untilSettled } from "./settle.ts";
import type { ErrorRates } from "./statistics/sequential.ts";

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
  /** Resolves to what the command printed on stdout; rejects with E_MEASUREMENT when it failed, unless `mayFail`. */
  run(container: string, command: readonly string[], options?: { seconds?: number; mayFail?: boolean }): Promise<string>;
  /** What the probes' captures saw of the work, and afterwards for as long as it is on its way. */
  record(work: () => Promise<unknown>, onTheWayMillis: number): Promise<Recording>;
  /** What each direction of the link did not deliver since its qdiscs were built, and what is in it. */
  undelivered(): Promise<{ forward: Undelivered; backward: Undelivered }>;
  /** Does something while the link has no qdiscs. */
  whileBare<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Is told what is measured now. */
  onStep(step: string): void;
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

/** Chance, at most, that any check of links that are all as they should be is called outside. */
export const FALSE_ALARM = 1 / 1000;
const CHECKS_PER_LINK = 14;
/** Chance, at most, that a fault of the size that is to be found is called within. */
const MISS = 1 / 200;

/** Measures everything. */
export async function measureLink(
  test: LinkUnderTest,
  tools: Tools,
  { links = 1, thorough = false }: MeasureOptions = {},
): Promise<LinkCalibration> {
  const { link, between, backend, settings } = test;
  const startedMillis = performance.now();
  const measuredAt = new Date().toISOString();
  const rates: ErrorRates = { alpha: FALSE_ALARM / (CHECKS_PER_LINK * links), beta: MISS };
  const ticks = async () => parseTicks(await tools.run(test.ends[0].container, TICKS_COMMAND));
  const ticksBefore = await ticks();
  const base = await measureBase(test, tools);
  const { forward, backward, both } = await measureAll(test, tools, base, rates, thorough);
  const all = [...both, ...forward, ...backward];
  return {
    ...{ link, between, backend, measuredAt, durationSeconds: (performance.now() - startedMillis) / 1000 },
    machineBusyRatio: busyRatio(ticksBefore, await ticks()),
    base: {
      rttMillis: base.echoes.minMillis,
      forwardDelayMillis: base.forward.millis,
      backwardDelayMillis: base.backward.millis,
    },
    alphaPerCheck: rates.alpha,
    checks: [...both, base.largest],
    forward: { configured: settings.forward, checks: forward },
    backward: { configured: settings.backward, checks: backward },
    verdict: all.some(({ verdict }) => verdict === "outside") || base.largest.verdict === "outside" ? "outside" : "within",
  };
}

interface Checks {
  both: Check[];
  forward: Check[];
  backward: Check[];
}

/** What echoes say of both directions. */
export interface Echoes {
  forward: Delay | undefined;
  backward: Delay | undefined;
  echoes: RoundTrips | undefined;
}

export interface Base {
  forward: Delay;
  backward: Delay;
  echoes: RoundTrips;
  largest: Check;
  /** What TCP found; null where nobody asked. */
  ceilingBitsPerSecond: number | null;
}

async function measureAll(
  test: LinkUnderTest,
  tools: Tools,
  base: Base,
  rates: ErrorRates,
  thorough: boolean,
): Promise<Checks> {
  const { settings } = test;
  const before = await readAccount(test, tools);
  tools.onStep("delay");
  const echoes = await takeEchoes(test, tools, settings);
  tools.onStep("loss");
  const [lostForward, lostBackward] = await measureLosses(test, tools, rates, thorough);
  tools.onStep("rate and queue");
  const [burstForward, burstBackward] = await measureBursts(test, tools, base, echoes);
  tools.onStep("delay");
  const sendingMillis = [
    echoSendingMillis(settings.forward, burstForward),
    echoSendingMillis(settings.backward, burstBackward),
  ] as const;
  const delays = await untilSettled(
    ({ forward, backward, echoes: trips }: Echoes) => [
      checkDelay(settings.forward, forward, base.forward, sendingMillis[0]),
      checkDelay(settings.backward, backward, base.backward, sendingMillis[1]),
      checkRtt(settings, trips, base.echoes, sendingMillis[0] + sendingMillis[1]),
    ],
    () => takeEchoes(test, tools, settings),
    echoes,
  );
  const [delayForward, delayBackward, rtt] = delays as [Check, Check, Check];
  const after = await readAccount(test, tools);
  return {
    both: [rtt],
    forward: [delayForward, lostForward, ...burstForward.checks, ...conserved("forward", before, after)],
    backward: [delayBackward, lostBackward, ...burstBackward.checks, ...conserved("backward", before, after)],
  };
}

/** Echoes from the first end to the second and back. */
export async function takeEchoes(
  { ends: [first, second] }: LinkUnderTest,
  tools: Tools,
  settings: LinkSettings,
): Promise<Echoes> {
  const sample = echoSample(settings);
  const onTheWayMillis = rttMillis(settings) + 4 * sample.intervalMillis;
  let text = "";
  const recording = await tools.record(async () => {
    const command = echoCommand(second.address, sample, onTheWayMillis);
    const seconds = (sample.packets * sample.intervalMillis + onTheWayMillis) / 1000;
    text = await tools.run(first.container, command, { seconds, mayFail: true });
  }, rttMillis(settings));
  return {
    forward: delayOf(flights(recording.first, recording.second, first.address, "request")),
    backward: delayOf(flights(recording.second, recording.first, second.address, "reply")),
    echoes: parseRoundTrips(text),
  };
}

interface MeasuredBurst {
  checks: Check[];
  /** Sending time of a byte, where bursts say it. */
  byteMillis: number | null;
}

/** Both directions at once where the machine can carry that easily, which takes half the time. */
async function measureBursts(test: LinkUnderTest, tools: Tools, base: Base, echoes: Echoes): Promise<[MeasuredBurst, MeasuredBurst]> {
  const [first, second] = test.ends;
  const { forward, backward } = test.settings;
  const there = () => measureBurst(test, tools, first, second, forward, base, echoes.forward ?? base.forward);
  const back = () => measureBurst(test, tools, second, first, backward, base, echoes.backward ?? base.backward);
  const measuredForward = await there();
  return [measuredForward, await back()];
}

async function measureBurst(
  test: LinkUnderTest,
  tools: Tools,
  from: End,
  to: End,
  direction: Direction,
  base: Base,
  delay: Delay,
): Promise<MeasuredBurst> {
  const planned = planBurst(test.settings, direction);
  const queued = declaredPackets(test.settings, direction);
  if ("reason" in planned) return { checks: unplanned(direction, queued, planned.reason, base), byteMillis: null };
  const likelyMillis = transmissionMillis(planned.frameBytes, direction.rateBitsPerSecond);
  let byteMillis: number | null = null;
  const sample = async (): Promise<BurstResult> => {
    const trains = await sendBursts(test, tools, from, to, direction, planned);
    const echo = { delayMillis: delay.millis, bytes: ECHO_FRAME_BYTES };
    return readBursts(trains, planned, queued, likelyMillis, echo);
  };
  const judge = (result: BurstResult): Check[] => {
    const rate = checkRate(direction, planned, result.packetMillis);
    if (rate.verdict !== "unjudged" && result.packetMillis !== null) byteMillis = result.packetMillis.value / planned.frameBytes;
    return [rate, checkQueue(queued, result.queued)];
  };
  return { checks: await untilSettled(judge, sample), byteMillis };
}

async function sendBursts(
  { ends, settings }: LinkUnderTest,
  tools: Tools,
  from: End,
  to: End,
  direction: Direction,
  plan: BurstPlan,
): Promise<Flight[][]> {
  const recording = await tools.record(
    () => tools.run(from.container, burstCommand(to.address, plan), { seconds: plan.millis / 1000 }),
    direction.delayMillis + 1.5 * plan.drainMillis,
  );
  const [near, far] = from === ends[0] ? [recording.first, recording.second] : [recording.second, recording.first];
  const trains = Map.groupBy(flights(near, far, from.address, "udp"), ({ stream }) => stream);
  // A train that has been cut short fills no queue.
  return [...trains.values()].filter((train) => train.length >= plan.packets);
}

function unplanned(direction: Direction, queued: number, note: string, { ceilingBitsPerSecond }: Base): Check[] {
  const { rateBitsPerSecond: configured } = direction;
  if (configured === null) {
    return [statedCeiling(ceilingBitsPerSecond), unjudged({ quantity: "queue", unit: "packets", configured: null, note })];
  }
  return [
    unjudged({ quantity: "rate", unit: "bit/s", configured, note }),
    unjudged({ quantity: "queue", unit: "packets", configured: queued, note }),
  ];
}

/** What an echo takes to send: at the rate that was measured, where it was, for a wrong rate makes no wrong delay. */
function echoSendingMillis({ rateBitsPerSecond }: Direction, { byteMillis }: MeasuredBurst): number {
  if (byteMillis !== null) return byteMillis * ECHO_FRAME_BYTES;
  return transmissionMillis(ECHO_FRAME_BYTES, rateBitsPerSecond);
}

function conserved(side: "forward" | "backward", before: Account, after: Account): Check[] {
  const [from, to] = side === "forward" ? (["first", "second"] as const) : (["second", "first"] as const);
  const difference = (key: "lost" | "dropped" | "missed") => after.undelivered[side][key] - before.undelivered[side][key];
  const undelivered = { lost: difference("lost"), dropped: difference("dropped"), missed: difference("missed") };
  const sent = after[from].sent - before[from].sent;
  const received = after[to].received - before[to].received;
  const seconds = (after.atMillis - before.atMillis) / 1000;
  return [checkConservation(sent, received, undelivered, seconds), checkMissed(sent, undelivered)];
}
