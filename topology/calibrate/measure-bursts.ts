// Sends bursts in each direction until they say what the rate and the queue are.

import type { Direction } from "../../lib/impairment/table.ts";
import type { Check } from "../../lib/results.ts";
import { type Flight, flights } from "./capture.ts";
import { unjudged } from "./check.ts";
import { transmissionMillis } from "./frames.ts";
import {
  type BurstPlan,
  type BurstResult,
  burstCommand,
  declaredPackets,
  planBurst,
  readBursts,
} from "./measurements/burst.ts";
import { type Delay, ECHO_FRAME_BYTES } from "./measurements/delay.ts";
import { checkQueue } from "./measurements/queue.ts";
import { checkRate, statedCeiling } from "./measurements/rate.ts";
import { untilSettled } from "./settle.ts";
import type { Base, Echoes, End, LinkUnderTest, Tools } from "./under-test.ts";

export interface MeasuredBurst {
  checks: Check[];
  /** Sending time of a byte, where bursts say it. */
  byteMillis: number | null;
}

/** Both directions at once where the machine can carry that easily, which takes half the time. */
export async function measureBursts(
  test: LinkUnderTest,
  tools: Tools,
  base: Base,
  echoes: Echoes,
): Promise<[MeasuredBurst, MeasuredBurst]> {
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
    const echo = { delayMillis: delay.millis, spreadMillis: delay.spreadMillis, bytes: ECHO_FRAME_BYTES };
    return readBursts(trains, planned, queued, likelyMillis, echo);
  };
  const judge = (result: BurstResult): Check[] => {
    const rate = checkRate(direction, planned, result.packetMillis);
    if (rate.verdict !== "unjudged" && result.packetMillis !== null)
      byteMillis = result.packetMillis.value / planned.frameBytes;
    return [rate, checkQueue(queued, result.queued)];
  };
  return { checks: await untilSettled(judge, sample), byteMillis };
}

async function sendBursts(
  { ends }: LinkUnderTest,
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
