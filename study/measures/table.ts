// The kinds of measurement.

import { load } from "./load.ts";
import type { MeasureKind, Quantity } from "./measure.ts";
import { rudp } from "./rudp.ts";
import { tcp } from "./tcp.ts";

export const MEASURES: Readonly<Record<string, MeasureKind>> = { load, tcp, rudp };

/** Quantities that every run has, whatever it measures. */
export const COMMON_QUANTITIES: readonly Quantity[] = [
  { name: "windowSeconds", unit: "s", meaning: "length of the run" },
  { name: "rttSeconds", unit: "s", meaning: "least round trip of a ping over the path, before and after the run" },
  { name: "forwardedPackets", unit: "packets", meaning: "packets that the links forwarded" },
  { name: "lostPackets", unit: "packets", meaning: "packets that the links lost at random" },
  { name: "droppedPackets", unit: "packets", meaning: "packets that found a queue full" },
  { name: "lossEvents", unit: "1", meaning: "losses that the sender noticed: recoveries begun and time-outs" },
  { name: "timeouts", unit: "1", meaning: "retransmission time-outs of TCP on the measured host" },
  { name: "resentSegments", unit: "segments", meaning: "segments that TCP on the measured host sent again" },
  { name: "generatorCpuSeconds", unit: "s", meaning: "processor time of the measuring host" },
  { name: "serverCpuSeconds", unit: "s", meaning: "processor time of the host that is measured" },
  { name: "linkCpuSeconds", unit: "s", meaning: "processor time of the links" },
  { name: "softirqSeconds", unit: "s", meaning: "processor time of the machine in soft interrupts" },
];

/** All quantities of these kinds, each once. */
export function quantitiesOf(kinds: readonly string[]): Quantity[] {
  const all = [...kinds.flatMap((kind) => MEASURES[kind]?.quantities ?? []), ...COMMON_QUANTITIES];
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}
