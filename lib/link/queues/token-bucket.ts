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
  return Math.max(2 * FRAME_BYTES, Math.ceil((bytesPerSecond(rateBitsPerSecond) * BURST_MILLIS) / 1000));
}

export function belowTokenBucket(rateBitsPerSecond: number, child: Qdisc): Qdisc {
  const burst = bucketBytes(rateBitsPerSecond);
  const limit = LIMIT_PACKETS * FRAME_BYTES;
  const bucket = tokenBucket(rateBitsPerSecond, burst, `${limit}b`);
  // tc prints the limit as the time that the bucket's queue takes to drain, in microseconds.
  const lat = Math.floor(((limit - burst) / bytesPerSecond(rateBitsPerSecond)) * 1e6);
  return { ...bucket, report: { ...bucket.report, lat }, within: { ...bucket.within, lat: 2 }, child };
}

/**
 * Whenever it is given a rate, tbf fills the bucket. So that the steps of a timeline let little
 * through beside their rate, this one is smaller, and loses some hundredths of a rate where the
 * clock is late.
 */
const DRIVEN_BURST_MILLIS = 2;

/** A queue of so many packets, whose rate can change while packets wait in it. */
export function fifoBelowTokenBucket(rateBitsPerSecond: number, limitPackets: number): Qdisc {
  const burst = FRAME_BYTES + Math.ceil((bytesPerSecond(rateBitsPerSecond) * DRIVEN_BURST_MILLIS) / 1000);
  const limit = String(limitPackets);
  return {
    ...tokenBucket(rateBitsPerSecond, burst, limit),
    // tc prints the limit, which is the fifo's, as a time.
    unasked: ["lat", "limit"],
    child: { kind: "pfifo", words: ["limit", limit], report: { limit: limitPackets }, isSetByParent: true },
  };
}

function tokenBucket(rateBitsPerSecond: number, burst: number, limit: string) {
  const rate = bytesPerSecond(rateBitsPerSecond);
  return {
    kind: "tbf",
    words: ["rate", `${rateBitsPerSecond}bit`, "burst", `${burst}b`, "limit", limit],
    report: { rate, burst },
    within: { burst: REPORTED_WITHIN_SECONDS * rate + 1 },
  };
}

/** The kernel's unit of a rate. */
function bytesPerSecond(rateBitsPerSecond: number): number {
  return Math.floor(rateBitsPerSecond / 8);
}
