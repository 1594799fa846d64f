// Keeps a queue full with a stream that is not captured, and reads meanwhile how many packets the
// kernel counts in it.

import type { Direction } from "../../lib/link/direction.ts";
import { lossFacts } from "../../lib/link/loss-chain.ts";
import { transmissionMillis } from "./frames.ts";
import type { BurstPlan } from "./measurements/burst.ts";
import { FULL_READINGS, fullReadings } from "./measurements/held-queue.ts";
import { FLOOD_PORT, streamCommand } from "./measurements/stream.ts";
import { readAccount } from "./read-account.ts";
import type { LinkUnderTest, Tools } from "./under-test.ts";

/** Faster than packets leave, and no faster than it must: a guest takes each of them up. */
const SPEED_RATIO = 1.5;
/** A reading takes some hundredths of a second, so a stream of this length has enough of them. */
const STREAM_SECONDS = 1.5;
const MAX_STREAMS = 3;
/** A queue that takes longer to fill is read by its bursts. */
const LONGEST_FILLING_MILLIS = 1000;

/** Whether the queue of a plan is soon full at this pace. */
export function isSoonFull({ drainMillis }: BurstPlan): boolean {
  return drainMillis / (SPEED_RATIO - 1) <= LONGEST_FILLING_MILLIS;
}

/**
 * The readings of streams from one end, in packets, as soon as they are enough. Those before the
 * first packet was dropped are not among them.
 */
export async function holdQueueFull(
  test: LinkUnderTest,
  tools: Tools,
  { from, direction }: { from: 0 | 1; direction: Direction },
  { frameBytes }: BurstPlan,
): Promise<number[]> {
  const side = from === 0 ? "forward" : "backward";
  const carried = 1000 / transmissionMillis(frameBytes, direction.rateBitsPerSecond);
  const pace = (SPEED_RATIO * carried) / (1 - lossFacts(direction).meanRatio);
  const packets = Math.ceil(pace * STREAM_SECONDS);
  const command = streamCommand(test.ends[from === 0 ? 1 : 0].address, packets, frameBytes, pace, FLOOD_PORT);
  const readings: number[] = [];
  for (let streams = 0; streams < MAX_STREAMS && fullReadings(readings) < FULL_READINGS; streams += 1) {
    await tools.share(Number.POSITIVE_INFINITY, async () => {
      let { dropped } = (await tools.undelivered())[side];
      let isSending = true;
      const sending = tools.run(test.ends[from].container, command, { seconds: STREAM_SECONDS }).finally(() => {
        isSending = false;
      });
      sending.catch(() => {}); // a failure is for when the reading under way has ended
      while (isSending) {
        const now = (await tools.undelivered())[side];
        if (now.dropped > dropped) readings.push(now.queued.packets);
        dropped = now.dropped;
      }
      await sending;
      // which leaves the link empty for the next measurement
      await readAccount(test, tools);
    });
  }
  return readings;
}
