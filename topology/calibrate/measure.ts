// Measures one link with irtt, ping, iperf3 and tcpdump between two probes, one thing after another, because what fills the
// link would delay what measures it. Knows no Docker: how a command is run in a container is given to it.

import { setTimeout as sleep } from "node:timers/promises";
import type { Direction } from "../../lib/link/direction.ts";
import { type LinkSettings, rttMillis } from "../../lib/link/link.ts";
import { FRAME_BYTES } from "../../lib/link/queues/kind.ts";
import { queuePackets } from "../../lib/link/queues/table.ts";
import type { Check, LinkCalibration } from "../../lib/results.ts";
import { unjudged } from "./check.ts";
import { transmissionMillis } from "./frames.ts";
import {
  burstCommand,
  burstPlan,
  checkBurst,
  medianBurst,
  parseSentAtMillis,
  SESSION_FRAMES,
} from "./measurements/burst.ts";
import { busyRatio, parseTicks, TICKS_COMMAND } from "./measurements/busy.ts";
import {
  checkConservation,
  checkMissed,
  countsCommand,
  parseCounts,
  type Undelivered,
} from "./measurements/conservation.ts";
import { checkDelay, type Delays, delayCommand, delaySample, parseDelays } from "./measurements/delay.ts";
import { bulkCommand, captureCommand, checkLargestPacket, parseCapture } from "./measurements/largest-packet.ts";
import { checkLoss, lossCommand, parseLosses } from "./measurements/loss.ts";
import { checkRate, parseRate, rateCommand } from "./measurements/rate.ts";
import { checkRtt, parseRoundTrips, rttCommand } from "./measurements/rtt.ts";

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
  run(container: string, command: readonly string[], mayFail?: boolean): Promise<string>;
  /** What each direction of the link did not deliver since its qdiscs were built. */
  undelivered(): Promise<{ forward: Undelivered; backward: Undelivered }>;
  /** Does something while the link has no qdiscs. */
  whileBare<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Is told what is measured now. */
  onStep(step: string): void;
}

/** Time for what is on its way in the probes and the link itself. */
const SETTLING_MILLIS = 100;
/** A third of what a User-Mode Linux link carries. */
const MAX_RATE_AT_ONCE = 120e6;
/** With more loss, the tools' own connections would fail. */
const MAX_LOSS_RATIO = 0.1;

/** Measures everything. Rejects with E_MEASUREMENT when a tool fails. */
export async function measureLink(test: LinkUnderTest, tools: Tools): Promise<LinkCalibration> {
  const { link, between, backend, settings } = test;
  const startedMillis = performance.now();
  const measuredAt = new Date().toISOString();
  const ticks = async () => parseTicks(await tools.run(test.ends[0].container, TICKS_COMMAND));
  const ticksBefore = await ticks();
  const base = await measureBase(test, tools);
  const checks = tooLossy(settings) ? refused(settings) : await measureAll(test, tools, base);
  const machineBusyRatio = busyRatio(ticksBefore, await ticks());
  const all = [...checks.both, ...checks.forward, ...checks.backward];
  return {
    ...{ link, between, backend, measuredAt, durationSeconds: (performance.now() - startedMillis) / 1000 },
    machineBusyRatio,
    base: { rttMillis: base.pingMillis, forwardDelayMillis: base.thereMillis, backwardDelayMillis: base.backMillis },
    checks: checks.both,
    forward: { configured: settings.forward, checks: checks.forward },
    backward: { configured: settings.backward, checks: checks.backward },
    verdict: all.some(({ verdict }) => verdict === "outside") ? "outside" : "within",
  };
}

interface Checks {
  both: Check[];
  forward: Check[];
  backward: Check[];
}

type Base = Delays & { pingMillis: number };

async function measureBase(test: LinkUnderTest, tools: Tools): Promise<Base> {
  tools.onStep("the bare path");
  const { delays, echoes } = await tools.whileBare(() => measureDelays(test, tools, 0));
  return { ...delays, pingMillis: echoes.meanMillis };
}

async function measureAll(test: LinkUnderTest, tools: Tools, base: Base): Promise<Checks> {
  const { settings } = test;
  const { forward, backward } = settings;
  const before = await readAccount(test, tools);
  tools.onStep("delay");
  const { delays, echoes } = await measureDelays(test, tools, rttMillis(settings));
  tools.onStep("loss");
  const losses = await measureLosses(test, tools);
  tools.onStep("rate");
  const rates = await measureRates(test, tools);
  const bursts = await inBoth((from, to, direction) => measureBurst(from, to, direction, test, tools), test);
  const after = await readAccount(test, tools);
  tools.onStep("largest packet");
  const largest = await measureLargestPacket(test, tools);
  return {
    both: [checkRtt(settings, echoes, base.pingMillis), largest],
    forward: [
      checkDelay(forward, delays.thereMillis, base.thereMillis, delays.samples),
      checkLoss(forward, losses.sent, losses.unrelated.forward),
      ...[rates[0], bursts[0], ...conserved("forward", before, after)],
    ],
    backward: [
      checkDelay(backward, delays.backMillis, base.backMillis, delays.samples),
      checkLoss(backward, losses.received, losses.unrelated.backward),
      ...[rates[1], bursts[1], ...conserved("backward", before, after)],
    ],
  };
}

async function measureDelays({ ends: [first, second], settings }: LinkUnderTest, tools: Tools, rtt: number) {
  const { packets, intervalMillis } = delaySample(settings);
  const [json, text] = await Promise.all([
    tools.run(first.container, delayCommand(second.address, packets, intervalMillis, rtt + SETTLING_MILLIS)),
    tools.run(first.container, rttCommand(second.address, packets, intervalMillis)),
  ]);
  return { delays: parseDelays(json), echoes: parseRoundTrips(text) };
}

async function measureLosses({ ends: [first, second], settings }: LinkUnderTest, tools: Tools) {
  const before = await tools.undelivered();
  const losses = parseLosses(await tools.run(first.container, lossCommand(second.address, settings)));
  const after = await tools.undelivered();
  const unrelated = ({ missed, dropped }: Undelivered) => missed + dropped;
  const during = (side: "forward" | "backward") => unrelated(after[side]) - unrelated(before[side]);
  return { ...losses, unrelated: { forward: during("forward"), backward: during("backward") } };
}

/** Both directions at once where the machine can carry that, which takes half the time. */
async function measureRates(test: LinkUnderTest, tools: Tools): Promise<[forward: Check, backward: Check]> {
  const { forward, backward } = test.settings;
  const measure = async (from: End, to: End, direction: Direction) =>
    checkRate(direction, parseRate(await tools.run(to.container, rateCommand(from.address, direction))));
  const rates = [forward.rateBitsPerSecond, backward.rateBitsPerSecond];
  const total = rates.reduce<number>((sum, rate) => sum + (rate ?? Number.POSITIVE_INFINITY), 0);
  if (total > MAX_RATE_AT_ONCE) return inBoth(measure, test);
  const [first, second] = test.ends;
  return Promise.all([measure(first, second, forward), measure(second, first, backward)]);
}

async function measureBurst(from: End, to: End, direction: Direction, { settings }: LinkUnderTest, tools: Tools) {
  tools.onStep("burst");
  const planned = burstPlan(settings, direction);
  if ("reason" in planned) {
    return unjudged({ quantity: "burst", unit: "packets", configured: null, note: planned.reason });
  }
  const burst = () => sendBurst(from, to, direction, settings, planned.millis, tools);
  const first = await burst();
  return first.verdict === "within" ? first : medianBurst([first, await burst(), await burst()]);
}

async function sendBurst(
  from: End,
  to: End,
  direction: Direction,
  settings: LinkSettings,
  millis: number,
  tools: Tools,
): Promise<Check> {
  const drainMillis = drainingMillis(settings);
  await sleep(drainMillis);
  const count = async () => parseCounts(await tools.run(to.container, countsCommand(to.address))).received;
  const before = await count();
  const waitMillis = rttMillis(settings) + drainMillis;
  const json = await tools.run(from.container, burstCommand(to.address, direction, millis, waitMillis));
  const received = (await count()) - before - SESSION_FRAMES;
  return checkBurst(settings, direction, { sentAtMillis: parseSentAtMillis(json), received });
}

async function measureLargestPacket(
  { ends, container, between, settings }: LinkUnderTest,
  tools: Tools,
): Promise<Check> {
  const places = [
    { name: `${between[0]} probe`, container: ends[0].container },
    { name: `${between[1]} probe`, container: ends[1].container },
    { name: "link", container },
  ];
  const [texts] = await Promise.all([
    Promise.all(places.map((place) => tools.run(place.container, captureCommand(rttMillis(settings)), true))),
    tools.run(ends[0].container, bulkCommand(ends[1].address)),
  ]);
  return checkLargestPacket(Object.fromEntries(places.map(({ name }, at) => [name, parseCapture(texts[at] ?? "")])));
}

type Account = Awaited<ReturnType<typeof readAccount>>;

/** Counters at both ends and in the link, once nothing is on its way. */
async function readAccount({ ends, settings }: LinkUnderTest, tools: Tools) {
  await sleep(rttMillis(settings) + drainingMillis(settings));
  const [first, second, undelivered] = await Promise.all([
    tools.run(ends[0].container, countsCommand(ends[0].address)).then(parseCounts),
    tools.run(ends[1].container, countsCommand(ends[1].address)).then(parseCounts),
    tools.undelivered(),
  ]);
  return { first, second, undelivered };
}

function conserved(side: "forward" | "backward", before: Account, after: Account): Check[] {
  const [from, to] = side === "forward" ? (["first", "second"] as const) : (["second", "first"] as const);
  const difference = (key: keyof Undelivered) => after.undelivered[side][key] - before.undelivered[side][key];
  const undelivered = { lost: difference("lost"), dropped: difference("dropped"), missed: difference("missed") };
  const sent = after[from].sent - before[from].sent;
  const received = after[to].received - before[to].received;
  return [checkConservation(sent, received, undelivered), checkMissed(sent, undelivered)];
}

async function inBoth<Value>(
  measure: (from: End, to: End, direction: Direction) => Promise<Value>,
  { ends: [first, second], settings }: LinkUnderTest,
): Promise<[forward: Value, backward: Value]> {
  const forward = await measure(first, second, settings.forward);
  return [forward, await measure(second, first, settings.backward)];
}

/** The longest that a full queue of the link takes to drain. */
function drainingMillis(settings: LinkSettings): number {
  const times = [settings.forward, settings.backward].map(({ rateBitsPerSecond, queue }) => {
    if (rateBitsPerSecond === null) return 0;
    const packets = queuePackets(queue, { rateBitsPerSecond, rttMillis: rttMillis(settings) });
    return packets * transmissionMillis(FRAME_BYTES, rateBitsPerSecond);
  });
  return Math.max(...times) + SETTLING_MILLIS;
}

function tooLossy({ forward, backward }: LinkSettings): boolean {
  return Math.max(forward.lossRatio, backward.lossRatio) > MAX_LOSS_RATIO;
}

function refused({ forward, backward }: LinkSettings): Checks {
  const note = `above ${MAX_LOSS_RATIO * 100} % of loss the connections of the tools fail`;
  const check = ({ lossRatio }: Direction) =>
    unjudged({ quantity: "loss", unit: "ratio", configured: lossRatio, note });
  return { both: [], forward: [check(forward)], backward: [check(backward)] };
}
