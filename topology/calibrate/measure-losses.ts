// Takes batches of small packets in both directions until their losses suffice, or the time for it
// is up.

import type { Check } from "../../lib/contract/calibration.ts";
import type { Direction } from "../../lib/link/direction.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import { longestDelayMillis } from "../../lib/link/propagation.ts";
import { flights } from "./capture.ts";
import { flood, floodPackets } from "./flood.ts";
import { declaredQueuePackets } from "./measurements/burst.ts";
import type { Account, Undelivered } from "./measurements/conservation.ts";
import type { StreamSample } from "./measurements/facts.ts";
import {
  checkLoss,
  countLosses,
  expectedLoss,
  gentlePackets,
  isDecided,
  type Losses,
  MAX_LATE,
  wantedPackets,
} from "./measurements/loss.ts";
import { joinSamples, sampleStream } from "./measurements/sample-stream.ts";
import { MIN_FRAME_BYTES, streamCommand } from "./measurements/stream.ts";
import { checksOfStream } from "./measurements/table.ts";
import { counted } from "./settle.ts";
import type { ErrorRates } from "./statistics/sequential.ts";
import type { Base, LinkUnderTest, Tools } from "./under-test.ts";

/**
 * If a gentle pace would take longer, packets are sent faster than the queue carries (flood.ts).
 */
const GENTLE_SECONDS = 8;
const SECONDS = 60;
const THOROUGH_SECONDS = 1800;
const BATCH_SECONDS = 10;
/** Taken even though it will not suffice, because it detects gross errors. */
const GLANCE_SECONDS = 2;

const MAX_SAMPLES = 3;

interface Side {
  side: "forward" | "backward";
  direction: Direction;
  packetsPerSecond: number;
  isFlooded: boolean;
  /** Room in the queue, in packets. */
  queued: number;
  losses: Losses;
  /** The delay of the bare path. */
  baseMillis: number;
  sample: StreamSample | null;
  /**
   * Frames that the link missed or dropped in its queue meanwhile, by its own counters; a flood has
   * already separated them.
   */
  others: number;
  /** Packets that did not arrive in time, although no counter shows that they were lost. */
  late: number;
  secondsLeft: number;
}

/**
 * Takes the sample again if more packets did not arrive in time than the link's counters show as
 * lost, dropped or missed: a busy machine has the rest. A third one of that kind is not judged.
 */
export async function measureLosses(
  test: LinkUnderTest,
  tools: Tools,
  rates: ErrorRates,
  thorough: boolean,
  before: Account["undelivered"],
  base: Base,
): Promise<[Check[], Check[]]> {
  const allowedSeconds = thorough ? THOROUGH_SECONDS : SECONDS;
  let then = before;
  for (let samples = 1; ; samples += 1) {
    const sides = [
      planSide(test.settings, "forward", rates, allowedSeconds, base),
      planSide(test.settings, "backward", rates, allowedSeconds, base),
    ] as const;
    for (;;) {
      const open = sides.filter((side) => side.secondsLeft > 0 && !isEnough(side, rates));
      if (open.length === 0) break;
      await takeBatch(test, tools, open, rates);
    }
    const now = await tools.undelivered();
    for (const side of sides) account(side, then[side.side], now[side.side]);
    const isWhole = sides.every(({ late }) => late <= MAX_LATE);
    if (!isWhole && samples < MAX_SAMPLES) {
      then = now;
      continue;
    }
    const checks = (side: Side) =>
      [
        checkLoss(side.direction, side.losses, rates, side),
        ...checksOfStream({ direction: side.direction, sample: side.sample, rates }),
      ].map((check) => ({ ...check, note: counted(check.note, samples) }));
    return [checks(sides[0]), checks(sides[1])];
  }
}

/** For a flood, the counters are the sample. No counter has what corruption harmed. */
function account(side: Side, then: Undelivered, now: Undelivered): void {
  if (side.isFlooded) return;
  side.others = now.missed + now.dropped - then.missed - then.dropped;
  if (side.direction.corruptionRatio > 0) return;
  side.late = Math.max(0, side.losses.unseen - (now.lost - then.lost) - side.others);
}

function planSide(
  settings: LinkSettings,
  side: Side["side"],
  rates: ErrorRates,
  allowedSeconds: number,
  base: Base,
): Side {
  const direction = settings[side];
  const queued = declaredQueuePackets(settings, direction);
  const gentle = gentlePackets(direction, queued);
  // A flood is not captured, so it shows neither bursts of losses nor copies.
  const isPlain = direction.lossRatio > 0 && wantsNoCapture(direction);
  const isFlooded = isPlain && wantedPackets(direction, gentle, rates) > GENTLE_SECONDS * gentle;
  const packetsPerSecond = isFlooded ? Math.max(gentle, floodPackets(direction)) : gentle;
  const isHopeless = wantedPackets(direction, packetsPerSecond, rates) > 1.3 * allowedSeconds * packetsPerSecond;
  const secondsLeft = isHopeless ? GLANCE_SECONDS : allowedSeconds;
  return {
    side,
    direction,
    packetsPerSecond,
    isFlooded,
    queued,
    losses: { packets: 0, lost: 0, unseen: 0 },
    baseMillis: base[side].millis,
    sample: null,
    others: 0,
    late: 0,
    secondsLeft,
  };
}

function wantsNoCapture({ corruptionRatio, duplicationRatio, reorderingRatio }: Direction): boolean {
  return corruptionRatio + duplicationRatio + reorderingRatio === 0;
}

function isEnough({ direction, losses, packetsPerSecond }: Side, rates: ErrorRates): boolean {
  if (losses.packets === 0) return false;
  if (expectedLoss(direction).ratio > 0) return isDecided(direction, losses, rates);
  return losses.packets >= wantedPackets(direction, packetsPerSecond, rates) / 2;
}

async function takeBatch(test: LinkUnderTest, tools: Tools, open: Side[], rates: ErrorRates): Promise<void> {
  const seconds = Math.max(...open.map((side) => batchSeconds(side, rates)));
  const [flooded, gentle] = [open.filter(({ isFlooded }) => isFlooded), open.filter(({ isFlooded }) => !isFlooded)];
  const [ofFloods, ofGentle] = await Promise.all([
    flooded.length === 0 ? [] : flood(test, tools, flooded, seconds),
    gentle.length === 0 ? [] : sendGently(test, tools, gentle, seconds),
  ]);
  for (const [at, { packets, lost, unseen }] of [...ofFloods, ...ofGentle].entries()) {
    const side = [...flooded, ...gentle][at] as Side;
    const before = side.losses;
    side.losses = { packets: before.packets + packets, lost: before.lost + lost, unseen: before.unseen + unseen };
    side.secondsLeft -= seconds;
  }
}

async function sendGently(test: LinkUnderTest, tools: Tools, sides: Side[], seconds: number): Promise<Losses[]> {
  const waysOf = ({ side }: Side) =>
    side === "forward" ? ([test.ends[0], test.ends[1]] as const) : ([test.ends[1], test.ends[0]] as const);
  const send = (side: Side) => {
    const [from, to] = waysOf(side);
    const packets = Math.ceil(side.packetsPerSecond * seconds);
    const command = streamCommand(to.address, packets, MIN_FRAME_BYTES, side.packetsPerSecond);
    return tools.run(from.container, command, { seconds });
  };
  const { first, second } = await tools.record(() => Promise.all(sides.map(send)), {
    onTheWayMillis: Math.max(...sides.map(({ direction }) => longestDelayMillis(direction))) + 100,
    packetsPerSecond: sides.reduce((sum, { packetsPerSecond }) => sum + packetsPerSecond, 0),
  });
  return sides.map((side) => {
    const [near, far] = side.side === "forward" ? [first, second] : [second, first];
    const sent = flights(near, far, waysOf(side)[0].address, "udp");
    const { address } = waysOf(side)[0];
    side.sample = joinSamples(side.sample, sampleStream(sent, far, address, side.direction, side.baseMillis));
    return countLosses(sent, side.direction, side.queued, side.packetsPerSecond);
  });
}

/**
 * The packets that this direction most likely still needs: most tests end near a third of the
 * planned number.
 */
function batchSeconds({ direction, losses, secondsLeft, packetsPerSecond: pace }: Side, rates: ErrorRates): number {
  const share = losses.packets === 0 ? 0.6 : 0.3;
  const seconds = (share * wantedPackets(direction, pace, rates)) / pace;
  return Math.min(BATCH_SECONDS, secondsLeft, Math.max(0.3, seconds));
}
