// Fills a direction with TCP flows where its queue is an AQM, and sends echoes beside them.

import { setTimeout as sleep } from "node:timers/promises";
import type { Check } from "../../lib/contract/calibration.ts";
import { rttMillis } from "../../lib/link/link.ts";
import { FRAME_BYTES, type Standing } from "../../lib/link/queues/kind.ts";
import { standingOf } from "../../lib/link/queues/table.ts";
import { unjudged } from "./check.ts";
import { transmissionMillis } from "./frames.ts";
import type { Undelivered } from "./measurements/conservation.ts";
import type { Delay } from "./measurements/facts.ts";
import { parseBulk } from "./measurements/largest-packet.ts";
import { type BesideFlows, checkStanding, type Limited, unfillable } from "./measurements/standing.ts";
import { readAccount, readNow } from "./read-account.ts";
import { untilSettled } from "./settle.ts";
import { takeEchoes } from "./take-echoes.ts";
import type { Echoes, LinkUnderTest, Tools } from "./under-test.ts";

/** A single flow may leave slow start early (HyStart) and take many seconds to fill a queue. */
const FLOWS = 4;
/** By then flows have left slow start, and the AQM has found how much to drop. */
const SETTLING = { millis: 2500, rtts: 15 };
const WATCHED_MILLIS = 2500;
/** Flows settle too late over a longer path. */
const LONGEST_RTT_MILLIS = 400;
/** More packets a second keep a machine so busy that it is late itself. */
const MOST_PACKETS_PER_SECOND = 12_000;
/** Acknowledgements come for every second frame. */
const PACKETS_PER_FRAME = 1.5;
const ECHO_PACKETS_PER_SECOND = 200;

type Side = "forward" | "backward";

/** The check of a direction's queue by what it lets stand; null: it is no AQM. */
export async function measureStanding(
  test: LinkUnderTest,
  tools: Tools,
  side: Side,
  { [side]: idle }: Echoes,
): Promise<Check | null> {
  const { settings } = test;
  const { rateBitsPerSecond, ...rest } = settings[side];
  const standing = rateBitsPerSecond === null ? null : standingOf(rest.queue, rateBitsPerSecond);
  if (rateBitsPerSecond === null || standing === null) return null;
  const direction = { ...rest, rateBitsPerSecond };
  const refuse = (note: string) => unjudged({ quantity: "queue", unit: "ms", configured: standing.targetMillis, note });
  const rtt = rttMillis(settings);
  const reason = unfillable(settings);
  if (reason !== null) return refuse(reason);
  if (idle === undefined) return refuse("too few echoes arrived on the idle link");
  if (rtt > LONGEST_RTT_MILLIS) return refuse(`TCP flows settle too late over ${rtt} ms`);
  if (packetsPerSecond(direction) > MOST_PACKETS_PER_SECOND)
    return refuse("a machine that fills so fast a link is late itself");
  tools.onStep("queue under TCP");
  return judge(test, tools, side, { direction, standing, idle });
}

interface Stands {
  direction: Limited;
  standing: Standing;
  idle: Delay;
}

async function judge(test: LinkUnderTest, tools: Tools, side: Side, stands: Stands): Promise<Check> {
  const { direction, standing, idle } = stands;
  const checks = await untilSettled(
    (sample: BesideFlows) => [checkStanding(direction, standing, idle, sample)],
    () => takeBesideFlows(test, tools, side, direction),
  );
  return checks[0] as Check;
}

async function takeBesideFlows(
  test: LinkUnderTest,
  tools: Tools,
  side: Side,
  direction: Limited,
): Promise<BesideFlows> {
  const settlingMillis = SETTLING.millis + SETTLING.rtts * rttMillis(test.settings);
  const seconds = Math.ceil((settlingMillis + WATCHED_MILLIS) / 1000);
  const [near, far] = side === "forward" ? test.ends : test.ends.toReversed();
  const words = ["-c", far?.address ?? "", "-J", "-P", `${FLOWS}`, "-t", `${seconds}`, "--connect-timeout", "3000"];
  const before = await readNow(test, tools);
  let areOver = false;
  const send = async () => {
    const printed = await tools.attempt(near?.container ?? "", ["iperf3", ...words], { seconds });
    areOver = true;
    return printed;
  };
  // Echoes use the flows' share: with one of their own they might start only after the flows.
  const within: Tools = { ...tools, record: (work, sample) => tools.record(work, { ...sample, packetsPerSecond: 0 }) };
  const echo = async () => {
    await sleep(settlingMillis);
    const times: number[] = [];
    while (!areOver) {
      const taken = await takeEchoes(test, within, test.settings);
      // Echoes that outlived the flows found the queue empty.
      if (!areOver) times.push(...(taken[side]?.times ?? []));
    }
    return times.sort((first, second) => first - second);
  };
  const [printed, times] = await tools.share(packetsPerSecond(direction), () => Promise.all([send(), echo()]));
  // which leaves the link empty for the next measurement
  const after = await readAccount(test, tools);
  const removed = ({ dropped, marked }: Undelivered) => dropped + marked;
  return {
    times,
    filledBitsPerSecond: parseBulk(printed.stdout),
    removed: removed(after.undelivered[side]) - removed(before.undelivered[side]),
  };
}

function packetsPerSecond({ rateBitsPerSecond }: Limited): number {
  return ECHO_PACKETS_PER_SECOND + (PACKETS_PER_FRAME * 1000) / transmissionMillis(FRAME_BYTES, rateBitsPerSecond);
}
