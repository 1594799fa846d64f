// Losses where packets at a gentle pace would take too long: packets are sent faster than the rate
// carries them. The kernel counts those lost by chance and those that found the queue full apart,
// because the two stages are two qdiscs. The sending end's interface counts what was sent. Nothing
// is captured.

import type { Direction } from "../../lib/link/direction.ts";
import type { Losses } from "./measurements/loss.ts";
import { FLOOD_PORT, MIN_FRAME_BYTES, streamCommand } from "./measurements/stream.ts";
import { readAccount, readNow } from "./read-account.ts";
import type { LinkUnderTest, Tools } from "./under-test.ts";

const MAX_PACKETS_PER_SECOND = 6000;
/** A User-Mode Linux guest has memory for some tens of thousands of packets on their way. */
const MAX_ON_THE_WAY = 5000;

export interface Flood {
  side: "forward" | "backward";
  packetsPerSecond: number;
}

export function floodPackets({ delayMillis }: Direction): number {
  return Math.min(MAX_PACKETS_PER_SECOND, (1000 * MAX_ON_THE_WAY) / Math.max(1, delayMillis));
}

/**
 * Sends for this long in each of the directions; resolves to the number that each of them lost by
 * chance.
 */
export async function flood(
  test: LinkUnderTest,
  tools: Tools,
  floods: readonly Flood[],
  seconds: number,
): Promise<Losses[]> {
  const [first, second] = test.ends;
  const send = ({ side, packetsPerSecond }: Flood) => {
    const [from, to] = side === "forward" ? [first, second] : [second, first];
    const packets = Math.ceil(packetsPerSecond * seconds);
    const command = streamCommand(to.address, packets, MIN_FRAME_BYTES, packetsPerSecond, FLOOD_PORT);
    return tools.run(from.container, command, { seconds });
  };
  const together = floods.reduce((sum, { packetsPerSecond }) => sum + packetsPerSecond, 0);
  return tools.share(together, async () => {
    const before = await readNow(test, tools);
    await Promise.all(floods.map(send));
    // which leaves the link empty for the next measurement
    const after = await readAccount(test, tools);
    return floods.map(({ side }) => {
      const end = side === "forward" ? "first" : "second";
      const [now, then] = [after.undelivered[side], before.undelivered[side]];
      const packets = after[end].sent - before[end].sent - (now.missed - then.missed);
      return { packets, lost: now.lost - then.lost, unseen: 0 };
    });
  });
}
