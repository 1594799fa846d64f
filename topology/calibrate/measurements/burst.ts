// Bursts into the idle link, each faster than its rate and longer than its queue. While packets
// wait, arrivals are a packet's sending time apart: that is the rate, whatever was lost before the
// queue. And the most packets that a burst gets into the queue are its size. Both are read from the
// two ends' captures, packet by packet.

import type { Direction } from "../../../lib/link/direction.ts";
import { type LinkSettings, rttMillis } from "../../../lib/link/link.ts";
import { lossFacts } from "../../../lib/link/loss-chain.ts";
import { FRAME_BYTES } from "../../../lib/link/queues/kind.ts";
import { declaredPackets } from "../../../lib/link/transmission.ts";
import type { Flight, Passage } from "../capture.ts";
import { transmissionMillis } from "../frames.ts";
import { type Estimate, quantile } from "../statistics/quantile.ts";
import {
  type Burst,
  countedFullness,
  fullness,
  isTelling,
  LATE_RATIO,
  mostFullness,
  steadyFullness,
} from "./fullness.ts";
import { type IdleEcho, lonelyTime, MIN_LONELY, sendingTime } from "./sending-time.ts";
import { MIN_FRAME_BYTES, streamCommand, trainsCommand } from "./stream.ts";

/** The least that iperf and a User-Mode Linux guest keep up. */
const MAX_PACKETS_PER_SECOND = 25_000;
/** This multiple of the rate soon fills a queue. */
const SPEED_RATIO = 4;
/**
 * Above this many packets a second the guest would be late in taking them up, so that they would
 * wait before the queue too; then this multiple of the rate has to do.
 */
const PROMPT_PACKETS_PER_SECOND = 5000;
const PROMPT_SPEED_RATIO = 1.5;
/** A slow link easily takes more. */
const MIN_PACKETS_PER_SECOND = 2000;
/**
 * A short queue is counted packet by packet, so packets come slower; but if many are lost, the
 * queue would not stay full. At a whole multiple of the rate each packet would arrive just as
 * another leaves.
 */
const COUNTED_QUEUE = 60;
const COUNTED_LOSS_RATIO = 0.1;
const COUNTING_SPEED_RATIO = 2.4;
/** If sending a packet takes longer than this, none is so late that it would be counted wrongly. */
const COUNTED_MILLIS = 5;
/** A burst that reaches the queue no faster than this would not soon fill it. */
const MIN_SPEED_RATIO = 1.25;
/**
 * Longest time to drain a full queue, of small frames if necessary, because its limit counts
 * packets of any size.
 */
const LONGEST_MILLIS = 3000;
/** Duration of all bursts together, unless a single one takes longer. */
const TOGETHER_MILLIS = 500;
const MAX_TRAINS = 60;
/**
 * An AQM lets packets wait for an interval of 100 ms before it drops any; by then the rate is
 * known.
 */
const UNLIMITED_MILLIS = 100;
/** A shorter queue gives little information about the rate per burst. */
const SHORT_QUEUE = 8;
/** If sending takes longer, the time of a single packet says the rate. */
const LONE_MILLIS = 20;
/** Room for so many packets, and for as many as wait for one another in this time. */
const ROOM_PACKETS = 20;
const ROOM_MILLIS = 100;
/** The start of a shell and iperf. */
const STARTING_MILLIS = 10;
/**
 * A queue larger by this ratio is still seen to be full, by that many more packets that find it so.
 */
const ROOM_RATIO = 1.35;
const MORE_PACKETS = 12;
const FEW_PACKETS = 3;
/**
 * A long queue stays full for this long, so that a machine which pauses in between is seen both
 * before and after it (fullness.ts).
 */
const FULL_MILLIS = 300;

export interface BurstPlan {
  /** Packets that the queue should hold; without such a limit, as many as the rate needs. */
  queued: number;
  /** How the queue is read (fullness.ts). */
  reading: "counted" | "most" | "steady";
  /** Bursts into a short queue that is given room, for its rate; null where it needs none. */
  roomy: BurstPlan | null;
  /** Share of the packets that is lost by chance. */
  lossRatio: number;
  trains: number;
  packets: number;
  packetsPerSecond: number;
  frameBytes: number;
  /** How long the queue takes to drain after a burst. */
  drainMillis: number;
  millis: number;
}

/** The bursts for a direction, or why none would be conclusive. */
export function planBurst(settings: LinkSettings, direction: Direction): BurstPlan | { reason: string } {
  const { rateBitsPerSecond } = direction;
  if (rateBitsPerSecond === null) return { reason: "no rate is set, so nothing queues" };
  const shuffle = shuffled(direction);
  if (shuffle !== null) return { reason: `${shuffle}, so a burst says nothing of rate and queue` };
  const { meanRatio: lossRatio, inflation } = lossFacts(direction);
  const queued = queuedPackets(settings, direction);
  const bytes = (LONGEST_MILLIS * rateBitsPerSecond) / 8000 / Math.max(queued, 40);
  const frameBytes = Math.floor(Math.min(FRAME_BYTES, Math.max(MIN_FRAME_BYTES, bytes)));
  const packetMillis = transmissionMillis(frameBytes, rateBitsPerSecond);
  const isSlow = packetMillis > COUNTED_MILLIS;
  const isCounted = !isSlow && queued <= COUNTED_QUEUE;
  const carried = 1000 / packetMillis / (1 - lossRatio);
  const wanted = isCounted && lossRatio < COUNTED_LOSS_RATIO ? COUNTING_SPEED_RATIO * carried : fillingPace(carried);
  const packetsPerSecond = Math.min(
    MAX_PACKETS_PER_SECOND,
    Math.max(isSlow ? MIN_PACKETS_PER_SECOND : 0, Math.ceil(wanted)),
  );
  const speed = (packetsPerSecond / 1000) * (1 - lossRatio) * packetMillis;
  if (speed < MIN_SPEED_RATIO) return { reason: "a probe cannot send faster than this link" };
  const room = queued * (ROOM_RATIO - 1) + (isCounted ? MORE_PACKETS : FEW_PACKETS);
  const isLimited = direction.queue.kind === "drop-tail";
  const isShort = queued < SHORT_QUEUE && isLimited && packetMillis < LONE_MILLIS;
  const drops = isCounted || isSlow || !isLimited ? 0 : (FULL_MILLIS / packetMillis) * (speed - 1);
  const filling = (queued + Math.max(room, drops)) * (speed / (speed - 1));
  const packets = Math.ceil((filling + 3 * Math.sqrt(filling * lossRatio * inflation)) / (1 - lossRatio));
  const sendMillis = (1000 * packets) / packetsPerSecond;
  // A queue without a limit keeps all that has not left while the burst was sent.
  const waiting = isLimited ? queued : Math.max(queued, packets - sendMillis / packetMillis);
  const drainMillis = waiting * packetMillis;
  const trainMillis = sendMillis + drainMillis * ROOM_RATIO + STARTING_MILLIS;
  const least = drainMillis > 500 ? 1 : queued < SHORT_QUEUE ? (isSlow ? MIN_LONELY : MAX_TRAINS / 2) : 3;
  const trains = Math.min(MAX_TRAINS, Math.max(least, Math.round(TOGETHER_MILLIS / trainMillis)));
  return {
    queued,
    reading: isSlow ? "most" : isCounted ? "counted" : "steady",
    roomy: isShort ? planRoomy(settings, direction, packetMillis) : null,
    lossRatio,
    trains,
    packets,
    packetsPerSecond,
    frameBytes,
    drainMillis,
    millis: trains * trainMillis,
  };
}

/** Bursts into the same queue with room for enough packets that wait for one another. */
function planRoomy(settings: LinkSettings, direction: Direction, packetMillis: number): BurstPlan | null {
  const amount = Math.max(ROOM_PACKETS, Math.ceil(ROOM_MILLIS / packetMillis));
  const plan = planBurst(settings, { ...direction, queue: { kind: "drop-tail", amount, unit: "packets" } });
  return "reason" in plan ? null : plan;
}

function fillingPace(carriedPerSecond: number): number {
  const prompt = Math.max(PROMPT_PACKETS_PER_SECOND, PROMPT_SPEED_RATIO * carriedPerSecond);
  return Math.min(SPEED_RATIO * carriedPerSecond, prompt);
}

/** Bursts for a queue that these did not fill. */
export function longerBursts(plan: BurstPlan): BurstPlan {
  const { packets, drainMillis, millis } = plan;
  return { ...plan, packets: 2 * packets, drainMillis: 2 * drainMillis, millis: 2 * millis };
}

/**
 * The setting by which packets of a burst arrive otherwise than one after the other; null if there
 * is none.
 */
function shuffled(direction: Direction): string | null {
  const { reorderingRatio, duplicationRatio, corruptionRatio, jitterMillis, jitterOrder, slots } = direction;
  if (reorderingRatio > 0 || (jitterMillis > 0 && jitterOrder === "free")) return "packets overtake one another";
  if (duplicationRatio > 0) return "copies take room in the queue";
  if (corruptionRatio > 0) return "damaged packets take room in the queue";
  return slots === null ? null : "packets come in groups";
}

export function burstCommand(address: string, plan: BurstPlan): string[] {
  const { trains, packets, packetsPerSecond, frameBytes, drainMillis } = plan;
  return trainsCommand(streamCommand(address, packets, frameBytes, packetsPerSecond), trains, drainMillis * ROOM_RATIO);
}

/** Results of bursts; null if inconclusive. */
export interface BurstResult {
  /** Sending time of a frame of the burst. */
  packetMillis: Estimate | null;
  /** Most packets that the queue held, including the one being sent. */
  queued: Estimate | null;
}

/** Reads bursts, a list of flights each; `roomy`: those into the queue with room, where planned. */
export function readBursts(
  trains: readonly (readonly Flight[])[],
  plan: BurstPlan,
  likelyMillis: number,
  echo: IdleEcho,
  roomy: readonly (readonly Flight[])[] = [],
): BurstResult {
  const pathMillis = (packetMillis: number) => echo.delayMillis - (packetMillis * echo.bytes) / plan.frameBytes;
  const passed = arrivedOf(trains);
  const packetMillis = sendingTimeOf(passed, arrivedOf(roomy), plan, likelyMillis, echo);
  const sending = packetMillis?.value ?? likelyMillis;
  const entry = pathMillis(sending);
  const late = echo.lateMillis + echo.jitterMillis + lateness(passed, entry + sending);
  const read = passed.flatMap((train, at) =>
    train.length === 0 ? [] : [{ sent: trains[at] as readonly Flight[], there: fullness(train, entry) }],
  );
  return { packetMillis, queued: readQueue(read, plan, sending, late) };
}

function sendingTimeOf(
  passed: readonly (readonly Passage[])[],
  passedRoomy: readonly (readonly Passage[])[],
  { queued, frameBytes, roomy }: BurstPlan,
  likelyMillis: number,
  echo: IdleEcho,
): Estimate | null {
  if (roomy !== null) return sendingTime(passedRoomy, roomy.queued, likelyMillis, echo.jitterMillis);
  if (queued === 1) return lonelyTime(passed, echo, 1 - echo.bytes / frameBytes);
  return sendingTime(passed, queued, likelyMillis, echo.jitterMillis);
}

function arrivedOf(trains: readonly (readonly Flight[])[]): Passage[][] {
  return trains.map((train) => train.filter((flight): flight is Passage => flight.arrivedAtMillis !== null));
}

function readQueue(bursts: readonly Burst[], plan: BurstPlan, sendingMillis: number, lateMillis: number) {
  const latePackets = lateMillis / sendingMillis;
  if (plan.reading === "steady") return steadyFullness(bursts, plan, sendingMillis, latePackets);
  const filled = bursts.filter((burst) => isTelling(burst, plan, sendingMillis)).map(({ there }) => there);
  if (plan.reading === "most") return mostFullness(filled, latePackets);
  const whenFull = filled.flatMap((there) => there.slice(there.findIndex((some) => some >= Math.max(...there) - 1)));
  return countedFullness(whenFull, latePackets, lateMillis * plan.packetsPerSecond > 1000 * LATE_RATIO);
}

/** How late half of the bursts were taken up, by their first packets. */
function lateness(trains: readonly (readonly Passage[])[], likely: number): number {
  const times = trains.flatMap(([first]) => (first === undefined ? [] : [first.arrivedAtMillis - first.sentAtMillis]));
  return times.length === 0 ? 0 : Math.max(0, quantile(times, 0.5) - likely);
}

function queuedPackets(settings: LinkSettings, direction: Direction): number {
  const declared = declaredQueuePackets(settings, direction);
  if (direction.queue.kind === "drop-tail") return declared;
  const fullMillis = transmissionMillis(FRAME_BYTES, direction.rateBitsPerSecond);
  return Math.min(declared, Math.max(SHORT_QUEUE, Math.ceil(UNLIMITED_MILLIS / fullMillis)));
}

/** Without a rate nothing waits, so no number of packets fills the queue. */
export function declaredQueuePackets(settings: LinkSettings, direction: Direction): number {
  return declaredPackets(direction, rttMillis(settings)) ?? Number.POSITIVE_INFINITY;
}
