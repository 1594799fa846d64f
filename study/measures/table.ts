// The kinds of measurement.

import type { Settings } from "../file/study.ts";
import { measurementsIn } from "../measurements.ts";
import { load } from "./load.ts";
import type { MeasureKind, Quantity } from "./measure.ts";
import { rudp } from "./rudp.ts";
import { saturation } from "./saturation.ts";
import { tcp } from "./tcp.ts";

export const MEASURES: Readonly<Record<string, MeasureKind>> = { load, saturation, tcp, rudp };

export function kindNamed(name: string): MeasureKind | undefined {
  return Object.hasOwn(MEASURES, name) ? MEASURES[name] : undefined;
}

/** Quantities that every run has, whatever it measures. */
export const COMMON_QUANTITIES: readonly Quantity[] = [
  { name: "windowSeconds", unit: "s", meaning: "length of the run" },
  { name: "rttSeconds", unit: "s", meaning: "least round trip of a ping over the path, before and after the run" },
  { name: "forwardedPackets", unit: "packets", meaning: "packets that the links forwarded" },
  {
    name: "forwardedPacketsPerTransfer",
    unit: "packets",
    meaning: "the same, by the pages, else the requests or transfers, of the run",
  },
  { name: "lostPackets", unit: "packets", meaning: "packets that the links lost at random" },
  { name: "droppedPackets", unit: "packets", meaning: "packets that found a queue full" },
  {
    name: "droppedPacketsPerTransfer",
    unit: "packets",
    meaning: "the same, by the pages, else the requests or transfers, of the run",
  },
  { name: "markedPackets", unit: "packets", meaning: "packets that a queue marked in place of a drop (ECN)" },
  {
    name: "lossEvents",
    unit: "1",
    meaning: "losses that the sender noticed after the warm-up: recoveries begun and time-outs",
  },
  {
    name: "timeouts",
    unit: "1",
    meaning: "retransmission time-outs after the warm-up, of the RUDP sender or of TCP on the measured host",
  },
  {
    name: "resentSegments",
    unit: "segments",
    meaning: "segments sent again after the warm-up, by the RUDP sender or by TCP on the measured host",
  },
  { name: "generatorCpuSeconds", unit: "s", meaning: "processor time of the measuring host" },
  { name: "serverCpuSeconds", unit: "s", meaning: "processor time of the host that is measured" },
  { name: "serverCpuSecondsPerRequest", unit: "s", meaning: "processor time of the server for a request" },
  { name: "serverMemoryBytes", unit: "bytes", meaning: "most memory of that host, read once a second" },
  { name: "linkCpuSeconds", unit: "s", meaning: "processor time of the links" },
  { name: "softirqSeconds", unit: "s", meaning: "processor time of the machine in soft interrupts" },
];

/** A kind that is mistyped may be any, so that nothing else of the study is wrong for it. */
function quantitiesOfKind(name: string): readonly Quantity[] {
  return kindNamed(name)?.quantities ?? Object.values(MEASURES).flatMap(({ quantities }) => quantities);
}

/** All quantities that these cells measure, each once. */
export function quantitiesOf(cells: readonly { settings: Settings }[]): Quantity[] {
  const asked = cells.map(({ settings }) => measurementsIn(settings));
  const kinds = new Set(asked.map(({ own }) => own.kind));
  const besides = new Map(
    asked.flatMap(({ beside }) => beside.map(({ name, kind }) => [`${name} ${kind}`, { name, kind }] as const)),
  );
  const all = [
    ...[...kinds].flatMap(quantitiesOfKind),
    ...COMMON_QUANTITIES,
    ...[...besides.values()].flatMap(({ name: beside, kind }) =>
      quantitiesOfKind(kind).map(({ name, unit, meaning }) => {
        return { name: besideName(beside, name), unit, meaning: `${beside}: ${meaning}` };
      }),
    ),
  ];
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

/** A quantity of a measurement beside the cell's own: rival, goodput -> rivalGoodput. */
export function besideName(beside: string, quantity: string): string {
  return beside === "" ? quantity : `${beside}${quantity.charAt(0).toUpperCase()}${quantity.slice(1)}`;
}
