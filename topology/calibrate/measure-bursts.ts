// Sends bursts in each direction until they say what the rate and the queue are. Where they cannot
// say what the queue is, the kernel's count of it does.

import type { Check } from "../../lib/contract/calibration.ts";
import type { Direction } from "../../lib/link/direction.ts";
import { type Distribution, highestOf, quantileOf, shapeOf } from "../../lib/link/jitter-shapes.ts";
import { longestDelayMillis } from "../../lib/link/propagation.ts";
import { type Flight, flights } from "./capture.ts";
import { unjudged } from "./check.ts";
import { transmissionMillis } from "./frames.ts";
import { holdQueueFull, isSoonFull } from "./hold-queue-full.ts";
import { alone } from "./measurements/alone.ts";
import {
  type BurstPlan,
  burstCommand,
  declaredQueuePackets,
  longerBursts,
  planBurst,
  readBursts,
} from "./measurements/burst.ts";
import { ECHO_FRAME_BYTES } from "./measurements/echo.ts";
import type { Delay } from "./measurements/facts.ts";
import { SURELY_CARRIED } from "./measurements/fullness.ts";
import { checkHeldQueue } from "./measurements/held-queue.ts";
import { statedCeiling } from "./measurements/rate.ts";
import type { IdleEcho } from "./measurements/sending-time.ts";
import { checksOfBursts } from "./measurements/table.ts";
import { confirmed, untilSettled } from "./settle.ts";
import type { Base, Echoes, LinkUnderTest, Tools } from "./under-test.ts";

export interface MeasuredBurst {
  checks: Check[];
  /** Sending time of a byte, where bursts say it. */
  byteMillis: number | null;
}

/**
 * A queue that takes longer to drain than this is filled so seldom that two hardly disturb each
 * other.
 */
const SLOW_DRAIN_MILLIS = 50;
/** More than these are felt by what is measured beside them. */
const BUSY_PACKETS_PER_SECOND = 1000;

/**
 * Both directions at once where neither keeps the machine busy; what is not settled by that is
 * measured alone.
 */
export async function measureBursts(
  test: LinkUnderTest,
  tools: Tools,
  base: Base,
  echoes: Echoes,
): Promise<[MeasuredBurst, MeasuredBurst]> {
  const { forward, backward } = test.settings;
  const there = { from: 0, direction: forward, plan: planBurst(test.settings, forward) } as const;
  const back = { from: 1, direction: backward, plan: planBurst(test.settings, backward) } as const;
  const plans = [there, back].flatMap(({ plan }) => ("reason" in plan ? [] : [plan]));
  const isSlow = plans.length === 2 && plans.every(({ drainMillis }) => drainMillis >= SLOW_DRAIN_MILLIS);
  const together = plans.reduce((sum, { packetsPerSecond }) => sum + packetsPerSecond, 0);
  const both = isSlow && together <= SURELY_CARRIED ? await sendBursts(test, tools, [there, back]) : [];
  const measured = await measureBurst(test, tools, there, base, echoes, both[0]);
  return [measured, await measureBurst(test, tools, back, base, echoes, both[1])];
}

interface BurstSample {
  trains: Flight[][];
  /** Those into the queue with room, where the plan has them. */
  roomy: Flight[][];
}

/** One direction, from the first or the second end. */
interface Way {
  from: 0 | 1;
  direction: Direction;
  plan: BurstPlan | { reason: string };
}

async function measureBurst(
  test: LinkUnderTest,
  tools: Tools,
  way: Way,
  base: Base,
  echoes: Echoes,
  first?: Flight[][],
): Promise<MeasuredBurst> {
  const { direction, plan } = way;
  if ("reason" in plan) {
    const queued = declaredQueuePackets(test.settings, direction);
    return { checks: unplanned(direction, queued, plan.reason, base), byteMillis: null };
  }
  const likelyMillis = transmissionMillis(plan.frameBytes, direction.rateBitsPerSecond);
  const side = way.from === 0 ? "forward" : "backward";
  const echo = idleEcho(direction, base[side], echoes[side] ?? base[side]);
  let byteMillis: number | null = null;
  let next = plan;
  const judge = ({ trains, roomy }: BurstSample): Check[] => {
    const read = readBursts(trains, plan, likelyMillis, echo, roomy);
    if (read.queued === null) next = longerBursts(next);
    const checks = checksOfBursts({ direction, plan, read });
    const isKnown = checks.some(({ quantity, verdict }) => quantity === "rate" && verdict !== "unjudged");
    if (isKnown && read.packetMillis !== null) byteMillis = read.packetMillis.value / plan.frameBytes;
    return checks;
  };
  const sendPlanned = async (planned: BurstPlan) =>
    (await sendBursts(test, tools, [{ ...way, plan: planned }]))[0] ?? [];
  const sample = async (trains?: Flight[][]): Promise<BurstSample> => {
    const { roomy } = plan;
    return {
      trains: trains ?? (await sendPlanned(next)),
      roomy: roomy === null ? [] : await tools.whileRoomy(roomy.queued, () => sendPlanned(roomy)),
    };
  };
  const checks = await untilSettled(judge, sample, await sample(first));
  const isUnknown = ({ quantity, verdict, configured }: Check) =>
    quantity === "queue" && verdict === "unjudged" && configured !== null;
  if (!checks.some(isUnknown) || !isSoonFull(plan)) return { checks, byteMillis };
  const hold = async () => checkHeldQueue(plan.queued, await holdQueueFull(test, tools, way, plan));
  const once = await hold();
  const held = once.verdict === "outside" ? confirmed(once, await hold()) : once;
  return { checks: checks.map((check) => (isUnknown(check) ? held : check)), byteMillis };
}

function idleEcho({ jitterMillis, jitterDistribution, ...direction }: Direction, base: Delay, delay: Delay): IdleEcho {
  const sendingMillis = transmissionMillis(ECHO_FRAME_BYTES, direction.rateBitsPerSecond);
  return {
    delayMillis: delay.millis,
    offMillis: Math.abs(delay.millis - base.millis - direction.delayMillis - sendingMillis),
    bytes: ECHO_FRAME_BYTES,
    lateMillis: jitterMillis === 0 ? delay.decilesMillis : 0,
    jitterMillis: jitterMillis * latestAfterDecile(jitterDistribution),
  };
}

/** How much later than the first tenth a packet is at most, in units of the jitter. */
function latestAfterDecile(jitterDistribution: Distribution): number {
  const shape = shapeOf(jitterDistribution);
  return highestOf(shape) - quantileOf(shape, 0.1);
}

/**
 * For each way the trains that were sent whole and alone: one that has been cut short fills no
 * queue.
 */
async function sendBursts({ ends }: LinkUnderTest, tools: Tools, ways: readonly Way[]): Promise<Flight[][][]> {
  const planned = ways.flatMap(({ from, direction, plan }) => ("reason" in plan ? [] : [{ from, direction, plan }]));
  const onTheWayMillis = planned.map(({ direction, plan }) => longestDelayMillis(direction) + 1.5 * plan.drainMillis);
  const send = ({ from, plan }: (typeof planned)[number]) => {
    const command = burstCommand(ends[from === 0 ? 1 : 0].address, plan);
    return tools.run(ends[from].container, command, { seconds: plan.millis / 1000 });
  };
  const packetsPerSecond = planned.reduce((sum, { plan }) => sum + burstsPerSecond(plan), 0);
  const sendAll = () => Promise.all(planned.map(send));
  const sample = { onTheWayMillis: Math.max(...onTheWayMillis), packetsPerSecond };
  const { first, second } = await tools.record(sendAll, sample);
  return planned.map(({ from, plan }) => {
    const [near, far] = from === 0 ? [first, second] : [second, first];
    const trains = Map.groupBy(flights(near, far, ends[from].address, "udp"), ({ stream }) => stream);
    return alone([...trains.values()].filter((train) => train.length >= plan.packets));
  });
}

/** Bursts that keep the machine busy have it alone: while one begins, no other link is measured. */
function burstsPerSecond({ trains, packets, millis }: BurstPlan): number {
  const packetsPerSecond = (1000 * trains * packets) / millis;
  return packetsPerSecond > BUSY_PACKETS_PER_SECOND ? Number.POSITIVE_INFINITY : packetsPerSecond;
}

function unplanned(direction: Direction, queued: number, note: string, { ceilingBitsPerSecond }: Base): Check[] {
  const { rateBitsPerSecond: configured } = direction;
  if (configured === null) {
    return [
      statedCeiling(ceilingBitsPerSecond),
      unjudged({ quantity: "queue", unit: "packets", configured: null, note }),
    ];
  }
  return [
    unjudged({ quantity: "rate", unit: "bit/s", configured, note }),
    unjudged({ quantity: "queue", unit: "packets", configured: queued, note }),
  ];
}
