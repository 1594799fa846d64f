// Sends the streams that show the slots of both directions (measurements/slots.ts), at once, until
// each check is settled.

import type { Check } from "../../lib/contract/calibration.ts";
import type { Slots } from "../../lib/link/impairments/slots.ts";
import { longestDelayMillis } from "../../lib/link/propagation.ts";
import { checkSlots, planSlots, readSlots, type SlotsPlan, type SlotsSample } from "./measurements/slots.ts";
import { MIN_FRAME_BYTES, streamCommand } from "./measurements/stream.ts";
import { untilAllSettled } from "./settle.ts";
import type { LinkUnderTest, Tools } from "./under-test.ts";

const SIDES = ["forward", "backward"] as const;
type Side = (typeof SIDES)[number];

/** A direction's plan, and its slots. */
interface Way {
  side: Side;
  slots: Slots;
  plan: SlotsPlan;
}

/** A direction without slots has no check. */
export async function measureSlots(
  test: LinkUnderTest,
  tools: Tools,
  thorough: boolean,
): Promise<Record<Side, Check[]>> {
  const checks: Record<Side, Check[]> = { forward: [], backward: [] };
  const ways: Way[] = [];
  for (const side of SIDES) {
    const { slots } = test.settings[side];
    const plan = planSlots(test.settings[side], thorough);
    if (slots === null || plan === null) continue;
    if ("refusal" in plan) checks[side].push(plan.refusal);
    else ways.push({ side, slots, plan });
  }
  if (ways.length === 0) return checks;
  tools.onStep("slots");
  const take = () => takeGroups(test, tools, ways);
  const judge = (samples: SlotsSample[]) => {
    const of = (wanted: Side) =>
      ways.flatMap(({ side, slots, plan }, at) =>
        side === wanted ? [checkSlots(slots, plan, samples[at] as SlotsSample)] : [],
      );
    return { forward: of("forward"), backward: of("backward") };
  };
  return { ...checks, ...(await untilAllSettled(judge, take, await take())) };
}

async function takeGroups(test: LinkUnderTest, tools: Tools, ways: readonly Way[]): Promise<SlotsSample[]> {
  const [first, second] = test.ends;
  const endsOf = (side: Side) => (side === "forward" ? { from: first, to: second } : { from: second, to: first });
  const send = ({ side, plan: { packets, packetsPerSecond } }: Way) => {
    const { from, to } = endsOf(side);
    const command = streamCommand(to.address, packets, MIN_FRAME_BYTES, packetsPerSecond);
    return tools.run(from.container, command, { seconds: packets / packetsPerSecond });
  };
  const onTheWay = ways.map(({ side, plan }) => longestDelayMillis(test.settings[side]) + plan.waitingMillis);
  const recording = await tools.record(() => Promise.all(ways.map(send)), {
    onTheWayMillis: Math.max(...onTheWay),
    packetsPerSecond: ways.reduce((sum, { plan }) => sum + plan.packetsPerSecond, 0),
  });
  return ways.map(({ side, slots, plan }) => {
    const seen = side === "forward" ? recording.second : recording.first;
    const { address } = endsOf(side).from;
    const arrived = seen.filter(({ kind, from }) => kind === "udp" && from === address);
    return readSlots(
      arrived.map(({ atMillis }) => atMillis),
      slots,
      plan,
    );
  });
}
