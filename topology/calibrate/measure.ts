// Measures one link between two probes: ping and iperf 2 send, tcpdump at both ends sees what was
// sent and what arrived. Nothing that the link loses can mislead that. A sample that a busy machine
// spoilt is taken again, never judged. Knows no Docker: how a command is run in a container is
// given to it.

import type { Check, LinkCalibration } from "../../lib/contract/calibration.ts";
import type { Direction } from "../../lib/link/direction.ts";
import { verdictOf } from "./check.ts";
import { transmissionMillis } from "./frames.ts";
import { measureBase } from "./measure-base.ts";
import { type MeasuredBurst, measureBursts } from "./measure-bursts.ts";
import { measureLosses } from "./measure-losses.ts";
import { measureSlots } from "./measure-slots.ts";
import { measureStanding } from "./measure-standing.ts";
import { busyRatio, parseTicks, TICKS_COMMAND } from "./measurements/busy.ts";
import type { Account } from "./measurements/conservation.ts";
import { ECHO_FRAME_BYTES } from "./measurements/echo.ts";
import type { Delay } from "./measurements/facts.ts";
import { checkRtt } from "./measurements/rtt.ts";
import { checksOfCounters, checksOfEchoes } from "./measurements/table.ts";
import { readAccount } from "./read-account.ts";
import { confirmed, untilAllSettled } from "./settle.ts";
import type { ErrorRates } from "./statistics/sequential.ts";
import { takeEchoes } from "./take-echoes.ts";
import type { Base, Echoes, LinkUnderTest, MeasureOptions, Tools } from "./under-test.ts";

/** Chance, at most, that any check of links that are all as they should be is called outside. */
export const FALSE_ALARM = 1 / 1000;
const CHECKS_PER_LINK = 14;
/** Shares of packets have a check of their own. */
const SHARES = ["reorderingRatio", "duplicationRatio", "corruptionRatio"] as const;
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
  const rates: ErrorRates = { alpha: FALSE_ALARM / (checksOf(settings) * links), beta: MISS };
  const ticks = async () => parseTicks(await tools.run(test.ends[0].container, TICKS_COMMAND));
  const ticksBefore = await ticks();
  const base = await measureBase(test, tools);
  const { forward, backward, both } = await measureAll(test, tools, base, rates, thorough);
  const all = [...both, ...forward, ...backward];
  return {
    link,
    between,
    backend,
    measuredAt,
    durationSeconds: (performance.now() - startedMillis) / 1000,
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
    verdict: verdictOf([...all, base.largest]),
  };
}

function checksOf({ forward, backward }: LinkUnderTest["settings"]): number {
  const shares = [forward, backward].flatMap((direction) => SHARES.filter((name) => direction[name] > 0));
  return CHECKS_PER_LINK + shares.length;
}

interface Checks {
  both: Check[];
  forward: Check[];
  backward: Check[];
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
  const take = () => takeEchoes(test, tools, settings, thorough);
  // Beside the packets of the loss test echoes came up to 50 ms late on a busy machine, and bursts
  // are read by how late echoes are.
  const echoes = await take();
  tools.onStep("loss");
  const [lostForward, lostBackward] = await measureLosses(test, tools, rates, thorough, before.undelivered, base);
  const slots = await measureSlots(test, tools, thorough);
  tools.onStep("rate and queue");
  const [burstForward, burstBackward] = await measureBursts(test, tools, base, echoes);
  const stoodForward = await measureStanding(test, tools, "forward", echoes);
  const stoodBackward = await measureStanding(test, tools, "backward", echoes);
  tools.onStep("delay");
  const there = echoSendingMillis(settings.forward, burstForward);
  const back = echoSendingMillis(settings.backward, burstBackward);
  const judge = ({ forward, backward, echoes: trips }: Echoes) => ({
    forward: checksOfEchoes({ direction: settings.forward, delay: forward, base: base.forward, sendingMillis: there }),
    backward: checksOfEchoes({
      direction: settings.backward,
      delay: backward,
      base: base.backward,
      sendingMillis: back,
    }),
    both: [
      checkRtt(settings, trips, base.echoes, there + back, spread(forward, backward, base.forward, base.backward)),
    ],
  });
  const delays = await untilAllSettled(judge, take, echoes);
  const counted = await checkAccounts(test, tools, before, async () => {
    await measureLosses(test, tools, rates, thorough, await tools.undelivered(), base);
    await measureSlots(test, tools, thorough);
    await measureBursts(test, tools, base, echoes);
    for (const side of ["forward", "backward"] as const) await measureStanding(test, tools, side, echoes);
  });
  const queues = { forward: withQueue(burstForward, stoodForward), backward: withQueue(burstBackward, stoodBackward) };
  return {
    both: delays.both,
    forward: [...delays.forward, ...lostForward, ...slots.forward, ...queues.forward, ...counted.forward],
    backward: [...delays.backward, ...lostBackward, ...slots.backward, ...queues.backward, ...counted.backward],
  };
}

/** The checks of bursts; these say nothing of an AQM's queue, and what it lets stand does. */
function withQueue({ checks }: MeasuredBurst, stood: Check | null): Check[] {
  return stood === null ? checks : checks.map((check) => (check.quantity === "queue" ? stood : check));
}

/**
 * Whether every packet so far is in a counter. On a quiet machine 142 of 73,129 were once in none
 * (2026-11-28), so an account that is outside must be so again after as many packets more.
 */
async function checkAccounts(test: LinkUnderTest, tools: Tools, before: Account, sendAgain: () => Promise<void>) {
  const after = await readAccount(test, tools);
  const first = checksOfBothWays(test.settings, before, after);
  const isOutside = ({ verdict }: Check) => verdict === "outside";
  if (!first.forward.some(isOutside) && !first.backward.some(isOutside)) return first;
  await sendAgain();
  const again = checksOfBothWays(test.settings, after, await readAccount(test, tools));
  return {
    forward: first.forward.map((check, at) => confirmed(check, again.forward[at])),
    backward: first.backward.map((check, at) => confirmed(check, again.backward[at])),
  };
}

function checksOfBothWays({ forward, backward }: LinkUnderTest["settings"], before: Account, after: Account) {
  return {
    forward: checksOfAccounts("forward", forward, before, after),
    backward: checksOfAccounts("backward", backward, before, after),
  };
}

function spread(...delays: (Delay | undefined)[]): number {
  return delays.reduce((sum, delay) => sum + (delay?.spreadMillis ?? 0), 0);
}

/**
 * The sending time of an echo, at the measured rate if there is one: a wrong rate must not make the
 * delay wrong.
 */
function echoSendingMillis({ rateBitsPerSecond }: Direction, { byteMillis }: MeasuredBurst): number {
  if (byteMillis !== null) return byteMillis * ECHO_FRAME_BYTES;
  return transmissionMillis(ECHO_FRAME_BYTES, rateBitsPerSecond);
}

function checksOfAccounts(
  side: "forward" | "backward",
  direction: Direction,
  before: Account,
  after: Account,
): Check[] {
  const [from, to] = side === "forward" ? (["first", "second"] as const) : (["second", "first"] as const);
  const difference = (key: "lost" | "dropped" | "missed") =>
    after.undelivered[side][key] - before.undelivered[side][key];
  const undelivered = { lost: difference("lost"), dropped: difference("dropped"), missed: difference("missed") };
  const sent = after[from].sent - before[from].sent;
  const received = after[to].received - before[to].received;
  const seconds = (after.atMillis - before.atMillis) / 1000;
  return checksOfCounters({ direction, sent, received, undelivered, seconds });
}
