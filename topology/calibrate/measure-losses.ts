// Takes batches of small packets in both directions until their losses say enough, or the time for it is up.

import type { Check } from "../../lib/contract/calibration.ts";
import type { Direction } from "../../lib/link/direction.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import { type Flight, flights } from "./capture.ts";
import { transmissionMillis } from "./frames.ts";
import { declaredPackets } from "./measurements/burst.ts";
import type { Account } from "./measurements/conservation.ts";
import { checkLoss, countLosses, gentlePackets, isDecided, type Losses, wantedPackets } from "./measurements/loss.ts";
import { MIN_FRAME_BYTES, streamCommand } from "./measurements/stream.ts";
import type { ErrorRates } from "./statistics/sequential.ts";
import type { LinkUnderTest, Tools } from "./under-test.ts";

const SECONDS = 30;
const THOROUGH_SECONDS = 1800;
const BATCH_SECONDS = 10;
/** What is taken although it will not do: it finds out what is far off. */
const GLANCE_SECONDS = 2;

const ROOM_RATIO = 0.1;

interface Side {
  side: "forward" | "backward";
  direction: Direction;
  packetsPerSecond: number;
  /** Room in the queue, in packets. */
  queued: number;
  losses: Losses;
  /** Frames that the link's own counters say it missed or queued away meanwhile. */
  others: number;
  secondsLeft: number;
}

export async function measureLosses(
  test: LinkUnderTest,
  tools: Tools,
  rates: ErrorRates,
  thorough: boolean,
  before: Account["undelivered"],
): Promise<[Check, Check]> {
  const sideOf = (side: Side["side"]): Side => {
    const direction = test.settings[side];
    const queued = declaredPackets(test.settings, direction);
    const packetsPerSecond = gentlePackets(direction, queued);
    const allowed = thorough ? THOROUGH_SECONDS : SECONDS;
    const isHopeless = wantedPackets(direction, packetsPerSecond, rates) > 1.3 * allowed * packetsPerSecond;
    const secondsLeft = isHopeless ? GLANCE_SECONDS : allowed;
    return { side, direction, packetsPerSecond, queued, losses: { packets: 0, lost: 0 }, others: 0, secondsLeft };
  };
  const sides = [sideOf("forward"), sideOf("backward")] as const;
  for (;;) {
    const open = sides.filter((side) => side.secondsLeft > 0 && !isEnough(side, rates));
    if (open.length === 0) break;
    await takeBatch(test, tools, open, rates);
  }
  const after = await tools.undelivered();
  for (const side of sides) {
    const [now, then] = [after[side.side], before[side.side]];
    side.others = now.missed + now.dropped - then.missed - then.dropped;
  }
  const check = (side: Side) => checkLoss(side.direction, side.losses, rates, side);
  return [check(sides[0]), check(sides[1])];
}

/** Whether the packets take so little of either rate that echoes beside them hardly ever wait. */
export function leavesRoom(settings: LinkSettings): boolean {
  return [settings.forward, settings.backward].every((direction) => {
    const packetsPerSecond = gentlePackets(direction, declaredPackets(settings, direction));
    return packetsPerSecond * transmissionMillis(MIN_FRAME_BYTES, direction.rateBitsPerSecond) < 1000 * ROOM_RATIO;
  });
}

function isEnough({ direction, losses, packetsPerSecond }: Side, rates: ErrorRates): boolean {
  if (losses.packets === 0) return false;
  if (direction.lossRatio > 0) return isDecided(direction, losses, rates);
  return losses.packets >= wantedPackets(direction, packetsPerSecond, rates) / 2;
}

async function takeBatch(test: LinkUnderTest, tools: Tools, open: Side[], rates: ErrorRates): Promise<void> {
  const seconds = Math.max(...open.map((side) => batchSeconds(side, rates)));
  const onTheWayMillis =
    Math.max(...open.map(({ direction: { delayMillis, jitterMillis } }) => delayMillis + 4 * jitterMillis)) + 100;
  const recording = await tools.record(
    () =>
      Promise.all(
        open.map(({ side, packetsPerSecond }) => {
          const [from, to] = side === "forward" ? test.ends : [test.ends[1], test.ends[0]];
          const packets = Math.ceil(packetsPerSecond * seconds);
          const command = streamCommand(to.address, packets, MIN_FRAME_BYTES, packetsPerSecond);
          return tools.run(from.container, command, { seconds });
        }),
      ),
    {
      kind: "stream",
      onTheWayMillis,
      packetsPerSecond: open.reduce((sum, { packetsPerSecond }) => sum + packetsPerSecond, 0),
    },
  );
  for (const side of open) {
    const { first, second } = recording;
    const sent: Flight[] =
      side.side === "forward"
        ? flights(first, second, test.ends[0].address, "udp")
        : flights(second, first, test.ends[1].address, "udp");
    const { packets, lost } = countLosses(sent, side.direction, side.queued, side.packetsPerSecond);
    side.losses = { packets: side.losses.packets + packets, lost: side.losses.lost + lost };
    side.secondsLeft -= seconds;
  }
}

/** What this direction most likely still needs: most tests end near a third of what is planned for them. */
function batchSeconds({ direction, losses, secondsLeft, packetsPerSecond: pace }: Side, rates: ErrorRates): number {
  const share = losses.packets === 0 ? 0.6 : 0.3;
  const seconds = (share * wantedPackets(direction, pace, rates)) / pace;
  return Math.min(BATCH_SECONDS, secondsLeft, Math.max(0.3, seconds));
}
