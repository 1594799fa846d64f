import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Trace } from "../results.ts";
import { type Phenomenon, sightings } from "./sightings.ts";

/** Samples every 10 ms of a path of 20 ms: a window that is used, in congestion avoidance. */
function course(over: Partial<Trace> = {}, samples = 5): Trace {
  const column = <Value>(value: Value) => Array<Value>(samples).fill(value);
  const seconds = Array.from({ length: samples }, (_, at) => at / 100);
  return {
    connection: "server:80 to client:1",
    seconds,
    cwndSegments: column(10),
    ssthreshSegments: column(8),
    srttMillis: column(20),
    leastRttMillis: column(20),
    inFlightSegments: column(10),
    ackedBytes: column(0),
    retransmissions: column(0),
    queuePackets: column(0),
    queueDrops: { "wan backward": column(7) },
    phases: [{ name: "congestion avoidance", fromSeconds: 0, toSeconds: seconds.at(-1) ?? 0 }],
    ...over,
  };
}
const seenIn = (...traces: Trace[]) => seenInRuns(traces);
const seenInRuns = (...runs: Trace[][]) =>
  sightings(runs).flatMap(({ phenomenon, isSeen, text }) => (isSeen ? [[phenomenon, text]] : []));
const textOf = (phenomenon: Phenomenon, ...traces: Trace[]) =>
  sightings([traces]).find((one) => one.phenomenon === phenomenon)?.text;

describe("a trace", () => {
  it("in which nothing happens shows nothing, and says of what it can tell that it was not there", () => {
    assert.deepEqual(seenIn(course()), []);
    assert.equal(textOf("time-outs", course()), "no time-outs");
    assert.equal(sightings([[course()]]).length, 11);
  });

  it("without a column says nothing of what that would tell", () => {
    const { retransmissions: _, queueDrops: __, ...bare } = course();
    const names = sightings([[bare]]).map(({ phenomenon }) => phenomenon);
    assert.ok(!names.includes("segments sent again") && !names.includes("drops of the queue"), names.join());
  });

  it("counts time-outs and recoveries over all connections, with their share of the time", () => {
    const phases = [
      { name: "congestion avoidance", fromSeconds: 0, toSeconds: 0.02 },
      { name: "recovery", fromSeconds: 0.02, toSeconds: 0.03 },
      { name: "time-out", fromSeconds: 0.03, toSeconds: 0.04 },
    ];
    const seen = seenIn(course({ phases }), course());
    assert.deepEqual(seen, [
      ["time-outs", "1 time-out, 12.5 % of the time"],
      ["recoveries", "1 recovery, 12.5 % of the time"],
    ]);
  });

  it("counts what was sent again by connection, and what the queue dropped once for all", () => {
    const retransmissions = [0, 0, 1, 1, 3];
    const queueDrops = { "wan backward": [null, 7, 7, 9, 12] };
    const seen = seenIn(course({ retransmissions, queueDrops }), course({ retransmissions, queueDrops }));
    assert.deepEqual(seen, [
      ["segments sent again", "6 segments sent again"],
      ["drops of the queue", "5 packets dropped by the queue"],
    ]);
  });

  it("counts what the queue dropped run by run, because its count may begin anew with each", () => {
    const runs = [
      [100, 100, 100, 105, 105],
      [3, 3, 3, 3, 5],
    ].map((drops) => [course({ queueDrops: { "wan backward": drops } })]);
    assert.deepEqual(seenInRuns(...runs), [["drops of the queue", "7 packets dropped by the queue"]]);
  });

  it("shows a round trip under load that is longer than the least", () => {
    const seen = seenIn(course({ srttMillis: [null, 20, 23, 24, 24] }));
    assert.deepEqual(seen, [["longer round trips", "a round trip of 23.5 ms in the median, the least being 20 ms"]]);
  });

  it("shows at what window slow start ended by the delay alone, but not that a loss ended it", () => {
    const ended = {
      cwndSegments: [10, 20, 40, 41, 42],
      inFlightSegments: [10, 20, 40, 41, 42],
      ssthreshSegments: [null, null, 40, 40, 40],
      queuePackets: [0, 0, 3, 3, 3],
    };
    assert.deepEqual(seenIn(course(ended)), [
      ["an early end of slow start", "slow start left at 40 segments without a loss, with 3 packets in the queue"],
    ]);
    const lost = seenIn(course({ ...ended, retransmissions: [0, 0, 1, 1, 1] }));
    assert.deepEqual(lost, [["segments sent again", "1 segment sent again"]]);
  });

  it("shows a window that stands still in slow start while data are on their way", () => {
    const phases = [{ name: "slow start", fromSeconds: 0, toSeconds: 0.08 }];
    const still = { phases, cwndSegments: Array(9).fill(10), inFlightSegments: Array(9).fill(6) };
    const growing = {
      ...still,
      cwndSegments: [10, 12, 14, 16, 18, 20, 24, 28, 32],
      inFlightSegments: Array(9).fill(16),
    };
    assert.deepEqual(seenIn(course(still, 9)), [
      [
        "a window that stood still in slow start",
        "a window that stood at 10 segments for 4 round trips of slow start, at most 6 of them in flight",
      ],
    ]);
    assert.deepEqual(seenIn(course(growing, 9)), []);
  });

  it("shows a window that was not filled for most of a round trip though more was to come", () => {
    const inFlightSegments = [10, 7, 7, 7, 12];
    const cwndSegments = [10, 10, 10, 10, 12];
    assert.deepEqual(seenIn(course({ inFlightSegments, cwndSegments })), [
      [
        "a window that was not filled",
        "7 segments in flight for 1.000 round trips, with a window of 10 and more to come: the sender's buffer or its program bounded it",
      ],
    ]);
    assert.deepEqual(seenIn(course({ inFlightSegments: [10, 7, 7, 7, 7], cwndSegments })), [], "the end of the data");
    assert.deepEqual(seenIn(course({ inFlightSegments: [10, 7, 7, 10, 12], cwndSegments })), [], "half a round trip");
  });

  it("shows how often less than half of the window is used, but not in repairs", () => {
    const inFlightSegments = [10, 4, 4, 10, 10];
    const seen = seenIn(course({ inFlightSegments }));
    assert.deepEqual(
      seen.map(([phenomenon, text]) => [phenomenon, text?.slice(0, 56)]),
      [["a window that was not used", "less than half of the window in flight in 50.0 % of the "]],
    );
    const phases = [{ name: "recovery", fromSeconds: 0, toSeconds: 0.04 }];
    assert.ok(!seenIn(course({ inFlightSegments, phases })).some(([name]) => name === "a window that was not used"));
  });

  it("of RUDP says nothing of an unused window or a late acknowledgement: it is sampled at acknowledgements", () => {
    const seen = sightings([[course({ kind: "rudp", inFlightSegments: [1, 1, 1, 1, 1] })]]);
    const names = seen.map(({ phenomenon }) => phenomenon);
    assert.ok(
      !names.includes("a window that was not used") && !names.includes("delayed acknowledgements"),
      names.join(),
    );
  });

  it("shows a window that fell after an idle time without a loss", () => {
    const idle = { cwndSegments: [40, 40, 10, 10, 10], inFlightSegments: [40, 0, 10, 10, 10] };
    const seen = seenIn(course(idle)).map(([, text]) => text);
    assert.ok(seen.includes("1 idle restart, from 40 to 10 segments in the median"), seen.join("; "));
    const lost = seenIn(course({ ...idle, retransmissions: [0, 0, 1, 1, 1] }));
    assert.ok(!lost.some(([phenomenon]) => phenomenon === "idle restarts"));
  });

  it("shows an acknowledgement of one or two segments that came late", () => {
    const inFlightSegments = [2, 1, 1, 1, 1, 1, 1, 1, 1, 2];
    const ackedBytes = [0, ...Array(9).fill(1448)];
    const seen = seenIn(course({ inFlightSegments, ackedBytes, cwndSegments: Array(10).fill(2) }, 10));
    assert.deepEqual(seen, [
      ["delayed acknowledgements", "1 acknowledgement that came 50 ms later than a round trip in the median"],
    ]);
  });

  it("in which a segment waits behind others in the queue shows no late acknowledgement", () => {
    const waiting = { inFlightSegments: Array(10).fill(1), cwndSegments: Array(10).fill(2) };
    const queuePackets = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    assert.deepEqual(seenIn(course({ ...waiting, queuePackets }, 10)), []);
  });

  it("of one segment after another, each acknowledged in time, shows none late", () => {
    const answers = { inFlightSegments: Array(10).fill(1), cwndSegments: Array(10).fill(2) };
    const ackedBytes = [0, 0, 100, 100, 200, 200, 300, 300, 400, 400];
    assert.deepEqual(seenIn(course({ ...answers, ackedBytes }, 10)), []);
    const { ackedBytes: _, ...bare } = course(answers, 10);
    assert.equal(textOf("delayed acknowledgements", bare), undefined, "the column is missing");
  });
});
