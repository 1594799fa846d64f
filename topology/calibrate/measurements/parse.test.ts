// The tools' output when there is nothing to measure, or little; that of a link is in
// ../measure.test.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Direction, UNIMPAIRED } from "../../../lib/link/direction.ts";
import { captureReader, flights, parseCaptureCounts, unseenBy } from "../capture.ts";
import { freeAddress } from "../probe.ts";
import { busyRatio, parseTicks } from "./busy.ts";
import { checkConservation, checkMissed, parseCounts } from "./conservation.ts";
import { checkDelay, delayOf } from "./delay.ts";
import { echoSample } from "./echo.ts";
import type { Delay } from "./facts.ts";
import { checkLargestPacket, parseBulk, parseCapture } from "./largest-packet.ts";
import { checkRtt, parseRoundTrips } from "./rtt.ts";

const DIRECTION: Direction = {
  ...UNIMPAIRED,
  delayMillis: 50,
  rateBitsPerSecond: 50e6,
};
const SETTINGS = { forward: DIRECTION, backward: DIRECTION, seed: null };
/** An echo request and its reply, as tcpdump writes them. */
const CAPTURED =
  "TTyyoQIABAAAAAAAAAAAAEAAAAABAAAAAPFTZegDAAA6AAAAOgAAAAAAAAAAAAAAAAAAAAgARQAALAAAAABAAQAACgEAAQoBAAIIAAAAAGMABwAAAAAAAAAAAAAAAAAAAAAA8VNlxAkAADoAAAA6AAAAAAAAAAAAAAAAAAAACABFAAAsAAAAAEABAAAKAQACCgEAAQAAAAAAYwAHAAAAAAAAAAAAAAAAAAAAAA==";
/** A frame of iperf: Ethernet, IPv4, UDP from port 40000 to 5001, twelve bytes. */
const DATAGRAM =
  "0242ac1100020242ac1100030800450000280000400040110000" + "0a0100010a0100029c40138900143bf2000000010000000200000003";
const E_MEASUREMENT = { code: "E_MEASUREMENT" };
const BASE: Delay = { millis: 0.2, spreadMillis: 0.05, decilesMillis: 0.2, samples: 30, times: [] };

function judged(delay: Delay | undefined, sendingMillis = 0) {
  return checkDelay({ direction: DIRECTION, delay, base: BASE, sendingMillis })[0];
}

describe("a measurement that says nothing", () => {
  it("is undefined, and no error, where packets were lost", () => {
    assert.equal(parseRoundTrips("2 packets transmitted, 0 received, 100% packet loss, time 1ms"), undefined);
    assert.equal(delayOf([]), undefined);
    assert.equal(judged(undefined)?.verdict, "unjudged");
    assert.equal(parseBulk('{"end":{},"error":"unable to connect"}'), null);
    assert.equal(parseBulk(""), null);
  });

  it("is an error where a tool did not do its part", () => {
    assert.throws(() => parseCounts("[{}]"), E_MEASUREMENT);
    assert.throws(() => captureReader()(Buffer.alloc(24)), E_MEASUREMENT);
  });
});

describe("a capture", () => {
  it("is read by the nanosecond, request and reply apart", () => {
    const seen = captureReader()(Buffer.from(CAPTURED, "base64"));
    assert.deepEqual(
      seen.map((each) => each && [each.kind, each.from, each.sequence, each.frameBytes]),
      [
        ["request", "10.1.0.1", 7, 58],
        ["reply", "10.1.0.2", 7, 58],
      ],
    );
    assert.ok(Math.abs((seen[1]?.atMillis ?? 0) - (seen[0]?.atMillis ?? 0) - 0.0015) < 0.0005);
  });

  it("is the same in pieces of any size", () => {
    const file = Buffer.from(CAPTURED, "base64");
    for (const size of [1, 7, 100]) {
      const read = captureReader();
      const pieces = Array.from({ length: Math.ceil(file.length / size) }, (_, at) =>
        file.subarray(at * size, (at + 1) * size),
      );
      assert.deepEqual(pieces.flatMap(read), captureReader()(file));
    }
  });

  it("knows a damaged packet by its checksum, if it has all of it", () => {
    const datagram = Buffer.from(DATAGRAM, "hex");
    const header = Buffer.from(CAPTURED, "base64").subarray(0, 24);
    const read = (frame: Buffer, frameBytes = frame.length) => {
      const record = Buffer.alloc(16);
      record.writeUInt32LE(frame.length, 8);
      record.writeUInt32LE(frameBytes, 12);
      return captureReader()(Buffer.concat([header, record, frame]))[0]?.isDamaged;
    };
    const turned = (at: number) => {
      const damaged = Buffer.from(datagram);
      damaged[at] = (damaged[at] as number) ^ 4;
      return damaged;
    };
    assert.equal(read(datagram), false);
    for (const at of [36, 41, 42, 53]) assert.equal(read(turned(at)), true, `byte ${at}`);
    assert.equal(read(turned(53), 1514), false);
  });

  it("says what tcpdump had no time for", () => {
    const line = "tcpdump: 3 packets captured, 9 packets received by filter, 1 packet dropped by kernel";
    assert.deepEqual(parseCaptureCounts(line), { captured: 3, received: 9, dropped: 1 });
    assert.equal(parseCaptureCounts("tcpdump: listening on eth0"), undefined);
  });
});

describe("flights", () => {
  const at = (atMillis: number, sequence: number) =>
    ({ atMillis, sequence, frameBytes: 54, from: "a", kind: "udp", stream: 5, isDamaged: false }) as const;

  it("join what left with what arrived, the last one's negative number too", () => {
    const joined = flights([at(1, 1), at(2, 2), at(3, -3)], [at(51, 1), at(53, -3)], "a", "udp");
    assert.deepEqual(
      joined.map(({ arrivedAtMillis }) => arrivedAtMillis),
      [51, null, 53],
    );
  });

  it("are still under way for as long as one way has some, however many the other way has", () => {
    const back = (atMillis: number, sequence: number) => ({ ...at(atMillis, sequence), from: "b" });
    const first = [at(1, 1), at(2, 2), back(52, 1)];
    const second = [back(1, 1), back(2, 2), at(51, 1), at(51, 1)];
    assert.deepEqual([unseenBy(second, first, "a"), unseenBy(first, second, "b")], [1, 1]);
    const later = [at(52, 2), ...second];
    assert.deepEqual([unseenBy(later, first, "a"), unseenBy([...first, back(53, 2)], second, "b")], [0, 0]);
  });
});

describe("the delay", () => {
  const delay = (millis: number, spreadMillis: number): Delay => ({
    ...BASE,
    millis,
    spreadMillis,
    decilesMillis: 0.4,
  });

  it("is expected to hold the bare path and the sending of the packet", () => {
    assert.equal(judged(delay(57.4, 0.1), 7.25)?.expected, 57.45);
  });

  it("is outside by 2 ms, and unjudged where the machine made half of the packets as late", () => {
    assert.equal(judged(delay(52.2, 0.3), 0)?.verdict, "outside");
    assert.equal(judged(delay(52.2, 3), 0)?.verdict, "unjudged");
    assert.equal(judged(delay(50.3, 1), 0)?.verdict, "within");
    assert.equal(judged(delay(50.3, 3), 0)?.verdict, "unjudged");
  });
});

describe("the echoes", () => {
  it("are so far apart that none waits for another, and so many that enough come back", () => {
    const slow = { ...DIRECTION, rateBitsPerSecond: 16_000, lossRatio: 0.5 };
    // 58 bytes at 16 kbit/s take 29 ms.
    assert.deepEqual(echoSample({ forward: slow, backward: slow, seed: null }), { packets: 120, intervalMillis: 73 });
    assert.deepEqual(echoSample(SETTINGS), { packets: 30, intervalMillis: 10 });
  });
});

describe("the RTT", () => {
  it("is outside when its least is off by more than the machine adds", () => {
    const check = (minMillis: number, spreadMillis: number) =>
      checkRtt(SETTINGS, { minMillis, samples: 30 }, { minMillis: 0.3, samples: 30 }, 0, spreadMillis).verdict;
    assert.equal(check(100.9, 0.1), "within");
    assert.equal(check(102.3, 0.1), "outside");
    assert.equal(check(102.3, 5), "unjudged");
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
    const verdict = (received: number) =>
      checkConservation({ direction: DIRECTION, sent: 10_000, received, undelivered, seconds: 1 })[0]?.verdict;
    assert.equal(verdict(9738), "within");
    assert.equal(verdict(9700), "outside");
    assert.equal(verdict(9790), "outside");
  });

  it("does not judge a link that had no time for more than one frame in a hundred", () => {
    const missed = (count: number) => {
      const undelivered = { lost: 0, dropped: 0, missed: count };
      return checkMissed({ direction: DIRECTION, sent: 10_000, received: 10_000 - count, undelivered, seconds: 1 })[0]
        ?.verdict;
    };
    assert.deepEqual([missed(100), missed(101)], ["within", "unjudged"]);
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
