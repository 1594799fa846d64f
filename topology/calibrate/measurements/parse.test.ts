// What the tools print when there is nothing to measure, or little; what they print of a link is in ../measure.test.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Direction, UNIMPAIRED } from "../../../lib/link/direction.ts";
import { freeAddress } from "../probe.ts";
import { busyRatio, parseTicks } from "./busy.ts";
import { checkConservation, checkMissed, parseCounts } from "./conservation.ts";
import { checkDelay, delaySample, parseDelays } from "./delay.ts";
import { checkLargestPacket, parseCapture } from "./largest-packet.ts";
import { parseLosses } from "./loss.ts";
import { checkRate, parseRate, rateCommand } from "./rate.ts";
import { checkRtt, parseRoundTrips } from "./rtt.ts";

const DIRECTION: Direction = {
  ...UNIMPAIRED,
  delayMillis: 50,
  rateBitsPerSecond: 50e6,
};
const E_MEASUREMENT = { code: "E_MEASUREMENT" };

describe("a measurement that failed", () => {
  it("is an error that says what was measured", () => {
    assert.throws(() => parseDelays('{"stats":{"rtt":{"n":0}}}'), E_MEASUREMENT);
    assert.throws(
      () => parseRoundTrips("2 packets transmitted, 0 received, 100% packet loss, time 1ms"),
      E_MEASUREMENT,
    );
    const refused = '{"intervals":[],"end":{},"error":"unable to connect to server: Connection refused"}';
    assert.throws(() => parseRate(refused), { ...E_MEASUREMENT, message: /unable to connect/ });
    assert.throws(() => parseLosses(refused), { ...E_MEASUREMENT, message: /unable to connect/ });
    assert.throws(() => parseCounts("[{}]"), E_MEASUREMENT);
  });
});

describe("the delay", () => {
  it("is expected to hold the sending of the packet, which counts on a slow link", () => {
    const slow = { ...DIRECTION, rateBitsPerSecond: 64_000 };
    // 102 bytes at 64 kbit/s take 12.75 ms.
    assert.equal(checkDelay(slow, 63, 0.25, 60).expected, 63);
  });
});

describe("the packets that measure delay", () => {
  it("take a tenth of a slow link at most", () => {
    const slow = { ...DIRECTION, rateBitsPerSecond: 64_000 };
    const sample = delaySample({ forward: DIRECTION, backward: slow, seed: null });
    // 204 bytes at 64 kbit/s take 25.5 ms.
    assert.deepEqual(sample, { packets: 20, intervalMillis: 255 });
    assert.deepEqual(delaySample({ forward: DIRECTION, backward: DIRECTION, seed: null }), {
      packets: 50,
      intervalMillis: 10,
    });
  });
});

describe("the RTT", () => {
  const settings = { forward: DIRECTION, backward: DIRECTION, seed: null };
  const echoes = { minMillis: 100, maxMillis: 110, samples: 100 };

  it("is outside when its mean is off by more than the echoes scatter", () => {
    const check = (meanMillis: number, deviationMillis: number) =>
      checkRtt(settings, { ...echoes, meanMillis, deviationMillis }, 0.3).verdict;
    assert.equal(check(100.9, 0.1), "within");
    assert.equal(check(101.7, 0.1), "outside");
    assert.equal(check(101.7, 5), "unjudged");
    assert.equal(check(106, 5), "outside");
  });
});

describe("the rate", () => {
  const interval = (start: number, bytes: number) => ({ sum: { start, seconds: 0.25, bytes } });

  it("leaves out the first half second and the last interval", () => {
    const bytes = [100, 900, 1000, 1000, 1000, 3];
    const intervals = bytes.map((each, index) => interval(index * 0.25, each));
    const rate = parseRate(JSON.stringify({ intervals, end: { sum_sent: { bits_per_second: 9 } } }));
    assert.deepEqual(rate, { bitsPerSecond: 32_000, offeredBitsPerSecond: 9, seconds: 0.75, samples: 3 });
  });

  it("is judged to one percent, and not at all where none is set", () => {
    const measured = (bitsPerSecond: number, offeredBitsPerSecond = 55e6) => ({
      ...{ bitsPerSecond, offeredBitsPerSecond, seconds: 1, samples: 4 },
    });
    assert.equal(checkRate(DIRECTION, measured(48.3e6)).verdict, "within");
    assert.equal(checkRate(DIRECTION, measured(48.0e6)).verdict, "outside");
    assert.equal(checkRate(DIRECTION, measured(48.0e6, 48.5e6)).verdict, "unjudged");
    assert.equal(checkRate({ ...DIRECTION, rateBitsPerSecond: null }, measured(9e8)).verdict, "unjudged");
  });

  it("may be off by a frame where few of them fit the time", () => {
    const slow = { ...DIRECTION, rateBitsPerSecond: 100_000 };
    const measured = { bitsPerSecond: 97_230 + 2300, offeredBitsPerSecond: 110_000, seconds: 5, samples: 20 };
    assert.equal(checkRate(slow, measured).verdict, "within");
  });

  it("is measured by UDP above it that makes up for losses, and by TCP where none is set", () => {
    assert.match(rateCommand("a", { ...DIRECTION, lossRatio: 0.5 }).join(" "), / -u -b 110000000 /);
    assert.doesNotMatch(rateCommand("a", { ...DIRECTION, rateBitsPerSecond: null }).join(" "), / -u/);
  });
});

describe("the largest packet", () => {
  const line = (bytes: number) =>
    `eth0 In IP (tos 0x0, flags [DF], proto TCP (6), length ${bytes})\n    a > b: Flags [.]`;

  it("is outside above the MTU, anywhere, and not judged where nothing was seen", () => {
    const seen = parseCapture([1500, 1300, 1500].map(line).join("\n"));
    assert.deepEqual(seen, { packets: 3, largestBytes: 1500 });
    assert.equal(checkLargestPacket({ probe: seen, link: seen }).verdict, "within");
    const merged = checkLargestPacket({ probe: seen, link: parseCapture(line(2948)) });
    assert.deepEqual([merged.verdict, merged.measured], ["outside", 2948]);
    assert.match(merged.note, /^seen at link/);
    const blind = checkLargestPacket({ probe: seen, link: parseCapture("") });
    assert.equal(blind.verdict, "unjudged");
    assert.match(blind.note, /at link$/);
  });
});

describe("conservation", () => {
  it("accounts for every packet but a few of neighbour discovery", () => {
    const undelivered = { lost: 50, dropped: 200, missed: 10 };
    assert.equal(checkConservation(10_000, 9738, undelivered).verdict, "within");
    assert.equal(checkConservation(10_000, 9700, undelivered).verdict, "outside");
    assert.equal(checkConservation(10_000, 9790, undelivered).verdict, "outside");
  });

  it("refuses a link that had no time for more than one frame in a hundred", () => {
    const missed = (count: number) => checkMissed(10_000, { lost: 0, dropped: 0, missed: count }).verdict;
    assert.deepEqual([missed(100), missed(101)], ["within", "outside"]);
  });
});

describe("how busy the machine was", () => {
  it("is the share of ticks that were neither idle nor waiting for a disk", () => {
    const before = parseTicks("cpu  100 0 50 800 50 0 0 0 0 0\n");
    const after = parseTicks("cpu  160 0 70 890 60 0 10 10 5 0\n");
    assert.equal(busyRatio(before, after), 0.5);
    assert.equal(busyRatio(before, before), 0);
  });
});

describe("a free address for a probe", () => {
  it("is the highest that is not taken, never the gateway's", () => {
    assert.equal(freeAddress("10.9.0.0/24", []), "10.9.0.254");
    assert.equal(freeAddress("10.9.0.0/24", ["10.9.0.254", "10.9.0.253"]), "10.9.0.252");
    assert.throws(() => freeAddress("10.9.0.0/29", ["10.9.0.6", "10.9.0.5", "10.9.0.4", "10.9.0.3", "10.9.0.2"]), {
      code: "E_NO_FREE_ADDRESS",
    });
  });
});
