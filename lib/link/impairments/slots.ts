// Slots of one direction: packets are delivered in groups, as by media that take turns (Wi-Fi,
// DOCSIS, mobile networks). The next slot opens after a random time between two bounds, uniformly
// distributed, and lets this many packets pass at most, or all that are due. Source: tc-netem(8),
// slot; get_slot_next() of the kernel.

import { formatQuantity, parseQuantity, quantityPattern } from "../../units.ts";
import type { Impairment } from "../field.ts";

export interface Slots {
  minMillis: number;
  maxMillis: number;
  /** null: all that are due. */
  packets: number | null;
}

const MAX_MILLIS = 10_000;
/** Both bounds: get_slot_next() takes 2^31 ns between them at most, before it overflows. */
const MAX_APART_MILLIS = 2_147;
const MAX_PACKETS = 1_000_000;
const MILLIS = quantityPattern("millis").slice(1, -1);

export const slots: Impairment<Slots | null> = {
  key: "slots",
  range:
    "shortest/longest time between slots, 1us to 10s and at most 2147ms apart, such as 20ms/30ms, and at most so many packets in each, as in 20ms/30ms/10packets; or none",
  pattern: `^none$|^${MILLIS}/${MILLIS}(/\\d+packets)?$`,
  none: null,
  parse(text) {
    if (text.trim() === "none") return null;
    const [shortest = "", longest = "", most, ...rest] = text.trim().split("/");
    const [minMillis, maxMillis] = [parseTime(shortest), parseTime(longest)];
    const packets = most === undefined ? null : parseCount(most);
    if (minMillis === undefined || maxMillis === undefined || packets === undefined || rest.length > 0)
      return undefined;
    const apartMillis = maxMillis - minMillis;
    return apartMillis >= 0 && apartMillis <= MAX_APART_MILLIS ? { minMillis, maxMillis, packets } : undefined;
  },
  format(value) {
    if (value === null) return "none";
    const times = [value.minMillis, value.maxMillis].map((millis) => formatQuantity(millis, "millis"));
    return [...times, ...(value.packets === null ? [] : [`${value.packets}packets`])].join("/");
  },
  netem(value) {
    if (value === null) return [];
    const { minMillis, maxMillis, packets } = value;
    const micros = [minMillis, maxMillis].map((millis) => Math.round(millis * 1000));
    const [min = 0, max = 0] = micros;
    return [
      {
        option: "slot",
        words: [`${min}us`, `${max}us`, ...(packets === null ? [] : ["packets", String(packets)])],
        report: { slot: { "min-delay": min / 1e6, "max-delay": max / 1e6, packets: packets ?? 0 } },
      },
    ];
  },
};

function parseTime(text: string): number | undefined {
  const millis = parseQuantity(text, "millis");
  return millis !== undefined && millis >= 0.001 && millis <= MAX_MILLIS ? millis : undefined;
}

function parseCount(text: string): number | undefined {
  const count = Number(/^(\d+)packets$/.exec(text)?.[1] ?? 0);
  return count >= 1 && count <= MAX_PACKETS ? count : undefined;
}
