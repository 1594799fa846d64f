// The queue in front of the transmitter: drop-tail, counted in packets because netem's `limit` is.
// Bandwidth-delay products, bytes and milliseconds are put into full frames (FRAME_BYTES), rounded down, at least one.

import { parseQuantity, unitPattern } from "../units.ts";
import type { DirectionContext, Impairment } from "./impairment.ts";

/** A full Ethernet frame as netem counts it: 1500 bytes of IP and 14 of header. */
export const FRAME_BYTES = 1514;

const MAX_PACKETS = 1_000_000;

/** A declared queue. `bdp` is a multiple of rate times the link's round-trip delay. */
export interface Queue {
  amount: number;
  unit: "bdp" | "packets" | "bytes" | "millis";
}

export const queue: Impairment<Queue> = {
  key: "queue",
  stage: "transmission",
  range: "1 to 1000000 packets, or the like in bdp, bytes or ms, such as 1bdp, 200packets, 64kB, 20ms",
  pattern: `^\\d+(\\.\\d+)?\\s*(bdp|packets|${unitPattern("bytes")}|${unitPattern("millis")})$`,
  parse(text) {
    const declared = parseCount(text) ?? parseAs(text, "bytes") ?? parseAs(text, "millis");
    if (declared === undefined || declared.amount <= 0) return undefined;
    return declared.unit === "packets" && declared.amount > MAX_PACKETS ? undefined : declared;
  },
  format: ({ amount, unit }) => `${amount}${unit === "bytes" ? "B" : unit === "millis" ? "ms" : unit}`,
  netemArguments: (value, context) => ["limit", String(queuePackets(value, context))],
  netemReport: (value, context) => ({ limit: queuePackets(value, context) }),
};

/** The queue in packets. A queue that cannot be put into packets, because the direction has no rate, is refused by the model before. */
export function queuePackets({ amount, unit }: Queue, { rateBitsPerSecond, rttMillis }: DirectionContext): number {
  if (unit === "packets") return Math.max(1, Math.floor(amount));
  const bytesPerMilli = (rateBitsPerSecond ?? 0) / 8000;
  const bytes = unit === "bytes" ? amount : amount * bytesPerMilli * (unit === "bdp" ? rttMillis : 1);
  return Math.min(MAX_PACKETS, Math.max(1, Math.floor(bytes / FRAME_BYTES)));
}

function parseCount(text: string): Queue | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(bdp|packets)$/.exec(text.trim());
  if (match === null) return undefined;
  const amount = Number(match[1]);
  return match[2] === "packets" && !Number.isInteger(amount)
    ? undefined
    : { amount, unit: match[2] as "bdp" | "packets" };
}

function parseAs(text: string, unit: "bytes" | "millis"): Queue | undefined {
  const amount = parseQuantity(text, unit);
  return amount === undefined ? undefined : { amount, unit };
}
