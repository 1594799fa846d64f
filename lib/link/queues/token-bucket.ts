// A rate with a queue below it. The rate is a token bucket, because an AQM below netem's rate never
// sees the queue: netem itself holds packets until they may leave. The bucket holds 4 ms of the
// rate or two full frames. Less loses rate at the clock of a guest, more sends in bursts. Source:
// tc-tbf(8), sch_tbf.c; docs/link.md has the measured rates.

import type { Qdisc } from "../qdisc.ts";
import { FRAME_BYTES } from "./kind.ts";

const BURST_MILLIS = 4;
/**
 * The kernel keeps a bucket as a time in ticks of 64 ns (PSCHED_SHIFT in pkt_sched.h), of which one
 * may be missing, and tc 6.1 prints whole microseconds of it
 * (findings/tc-bucket-shrinks-when-set-again.sh).
 */
const REPORTED_WITHIN_SECONDS = 1e-6 + 2 * 64e-9;
/** More than any of the queues holds, so that the bucket itself drops nothing. */
const LIMIT_PACKETS = 10_240;

/** The bytes that may leave at once. */
export function bucketBytes(rateBitsPerSecond: number): number {
  return Math.max(2 * FRAME_BYTES, Math.ceil((Math.floor(rateBitsPerSecond / 8) * BURST_MILLIS) / 1000));
}

export function belowTokenBucket(rateBitsPerSecond: number, child: Qdisc): Qdisc {
  const bytesPerSecond = Math.floor(rateBitsPerSecond / 8);
  const burst = bucketBytes(rateBitsPerSecond);
  const limit = LIMIT_PACKETS * FRAME_BYTES;
  return {
    kind: "tbf",
    words: ["rate", `${rateBitsPerSecond}bit`, "burst", `${burst}b`, "limit", `${limit}b`],
    // tc prints the limit as the time that the bucket's queue takes to drain, in microseconds.
    report: { rate: bytesPerSecond, burst, lat: Math.floor(((limit - burst) / bytesPerSecond) * 1e6) },
    within: { burst: REPORTED_WITHIN_SECONDS * bytesPerSecond + 1, lat: 2 },
    child,
  };
}

/**
 * Whenever it is given a rate, tbf fills the bucket. So that the steps of a timeline let little
 * through beside their rate, this one is smaller, and loses some hundredths of a rate where the
 * clock is late.
 */
const DRIVEN_BURST_MILLIS = 2;

/** A queue of so many packets, whose rate can change while packets wait in it. */
export function fifoBelowTokenBucket(rateBitsPerSecond: number, limitPackets: number): Qdisc {
  const bytesPerSecond = Math.floor(rateBitsPerSecond / 8);
  const burst = FRAME_BYTES + Math.ceil((bytesPerSecond * DRIVEN_BURST_MILLIS) / 1000);
  const limit = String(limitPackets);
  return {
    kind: "tbf",
    words: ["rate", `${rateBitsPerSecond}bit`, "burst", `${burst}b`, "limit", limit],
    report: { rate: bytesPerSecond },
    // tc prints the bucket in ticks of its clock, and the limit, which is the fifo's, as a time.
    unasked: ["burst", "lat", "limit"],
    child: { kind: "pfifo", words: ["limit", limit], report: { limit: limitPackets }, isSetByParent: true },
  };
}
