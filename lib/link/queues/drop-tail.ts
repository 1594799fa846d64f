// A queue that drops arrivals when it is full. It is counted in packets, as netem's `limit` is:
// bandwidth-delay products, bytes and milliseconds are converted into full frames, rounded down, at
// least one.

import { parseQuantity, unitPattern } from "../../units.ts";
import type { DirectionContext } from "../field.ts";
import { netem } from "../netem.ts";
import { FRAME_BYTES, type QueueKind } from "./kind.ts";
import { fifoBelowTokenBucket } from "./token-bucket.ts";

const MAX_PACKETS = 1_000_000;

/** `bdp` is a multiple of rate times the link's round-trip delay. */
export interface DropTail {
  kind: "drop-tail";
  amount: number;
  unit: "bdp" | "packets" | "bytes" | "millis";
}

export const dropTail: QueueKind<DropTail> = {
  kind: "drop-tail",
  range: "1 to 1000000 packets, or the like in bdp, bytes or ms, such as 1bdp, 200packets, 64kB, 20ms",
  pattern: `^\\d+(\\.\\d+)?\\s*(bdp|packets|${unitPattern("bytes")}|${unitPattern("millis")})$`,
  modules: ["sch_tbf"],
  parse(text) {
    const declared = parseCount(text) ?? parseAs(text, "bytes") ?? parseAs(text, "millis");
    if (declared === undefined || declared.amount <= 0) return undefined;
    return declared.unit === "packets" && declared.amount > MAX_PACKETS ? undefined : declared;
  },
  format: ({ amount, unit }) => `${amount}${unit === "bytes" ? "B" : unit === "millis" ? "ms" : unit}`,
  packets({ amount, unit }, { rateBitsPerSecond, rttMillis }) {
    if (unit === "packets") return Math.max(1, Math.floor(amount));
    const bytesPerMilli = (rateBitsPerSecond ?? 0) / 8000;
    const bytes = unit === "bytes" ? amount : amount * bytesPerMilli * (unit === "bdp" ? rttMillis : 1);
    return Math.min(MAX_PACKETS, Math.max(1, Math.floor(bytes / FRAME_BYTES)));
  },
  qdisc(queue, rateBitsPerSecond, context: DirectionContext, seed) {
    const report = { rate: { rate: Math.floor(rateBitsPerSecond / 8) } };
    const rate = { option: "rate", words: [`${rateBitsPerSecond}bit`], report };
    return netem([rate], dropTail.packets(queue, context), seed);
  },
  /** netem says of each packet when it leaves as it comes in; a token bucket when it leaves. */
  drivenQdisc: (queue, rateBitsPerSecond, context) =>
    fifoBelowTokenBucket(rateBitsPerSecond, dropTail.packets(queue, context)),
};

function parseCount(text: string): DropTail | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(bdp|packets)$/.exec(text.trim());
  if (match === null) return undefined;
  const amount = Number(match[1]);
  return match[2] === "packets" && !Number.isInteger(amount)
    ? undefined
    : { kind: "drop-tail", amount, unit: match[2] as "bdp" | "packets" };
}

function parseAs(text: string, unit: "bytes" | "millis"): DropTail | undefined {
  const amount = parseQuantity(text, unit);
  return amount === undefined ? undefined : { kind: "drop-tail", amount, unit };
}
