// The sending time of a frame, from arrivals that a machine delays.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomSequence } from "../../../lib/random.ts";
import type { Passage } from "../capture.ts";
import { sendingTime } from "./sending-time.ts";

const SENDING_MILLIS = 0.25;
const PACKETS = 1600;
const QUEUED = 400;

/** A burst at 1.5 times the rate, whose packets a machine makes late by up to so much. */
function burst(lateMillis: number): Passage[] {
  const random = randomSequence(lateMillis + 1);
  return Array.from({ length: PACKETS }, (_, at) => {
    const sentAtMillis = (at * SENDING_MILLIS) / 1.5;
    const arrivedAtMillis = 50 + at * SENDING_MILLIS + lateMillis * random();
    return { sentAtMillis, arrivedAtMillis, copies: 0, frameBytes: 1514, stream: 1 };
  });
}

describe("the sending time of a frame", () => {
  it("is read where the machine did not delay packets, to within less than a hundredth", () => {
    const read = sendingTime([burst(0), burst(20), burst(20)], QUEUED, SENDING_MILLIS, 20);
    assert.ok(read !== null && Math.abs(read.value / SENDING_MILLIS - 1) < 0.005, JSON.stringify(read));
    assert.ok(read.error / read.value < 0.01, JSON.stringify(read));
  });

  it("is known less well where it delayed all of them", () => {
    const read = sendingTime([burst(20), burst(20), burst(20)], QUEUED, SENDING_MILLIS, 20);
    assert.ok(read !== null && read.error / read.value > 0.01, JSON.stringify(read));
  });
});
