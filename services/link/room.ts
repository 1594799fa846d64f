// Room for more packets in short queues, for a moment: a calibration reads the rate from packets
// that wait for one another, and hardly any do in a queue of one or two. netem's limit is changed
// in place. Its rate stays what the kernel has, whatever was declared, because netem keeps what is
// not given, but for the seed, which it draws then (netem_change() in sch_netem.c).

import { DIRECTIONS, type DirectionName, type LinkSettings, rttMillis } from "../../lib/link/link.ts";
import { declaredPackets } from "../../lib/link/transmission.ts";
import type { LinkStages } from "./apply-settings.ts";
import type { Backend } from "./backend.ts";

/** The directions whose queues drop arrivals when they are full, and hold fewer than that. */
export function shortQueues(settings: LinkSettings, packets: number): DirectionName[] {
  return DIRECTIONS.filter((side) => {
    const declared = declaredPackets(settings[side], rttMillis(settings));
    return settings[side].queue.kind === "drop-tail" && declared !== null && declared < packets;
  });
}

/**
 * Gives these queues room for so many packets; null: for as many as they are declared to hold.
 * `stages` are those of the settings.
 */
export async function setRoom(
  { tc, devices }: Pick<Backend, "tc" | "devices">,
  settings: LinkSettings,
  stages: LinkStages,
  sides: readonly DirectionName[],
  packets: number | null,
): Promise<void> {
  const commands = sides.flatMap((side) => {
    const limit = packets ?? declaredPackets(settings[side], rttMillis(settings));
    if (limit === null) return [];
    const { seed } = stages[side].transmission?.report ?? {};
    const words = ["limit", String(limit), ...(seed === undefined ? [] : ["seed", String(seed)])];
    return [["qdisc", "change", "dev", devices[side].egress, "root", "handle", "1:", "netem", ...words]];
  });
  await tc(commands);
}
