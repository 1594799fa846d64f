// RUDP's Reno against theory, in virtual time. services/rudp/lab/simulation/theory.ts has the
// formulas and where they come from.

import assert from "node:assert/strict";
import { it } from "node:test";
import { type BulkPlan, type FlowResult, runBulk } from "../../services/rudp/lab/simulation/bulk.ts";
import { CLEAR_PATH, type PathSettings } from "../../services/rudp/lab/simulation/path.ts";
import {
  jainIndex,
  MATHIS_INDEPENDENT,
  MATHIS_PERIODIC,
  mathisRate,
  pftkRate,
  sawtoothSeconds,
} from "../../services/rudp/lab/simulation/theory.ts";

/** Queues far larger than any window here, so that only congestion control limits. */
const RENO = {
  controller: "reno",
  minimumRtoMillis: 200,
  sendQueueSegments: 4096,
  receiveQueueSegments: 4096,
} as const;
const HALF: PathSettings = { ...CLEAR_PATH, delayMillis: 50 };

function lossy(loss: Partial<PathSettings>, seconds: number, options: BulkPlan["options"] = {}): FlowResult {
  const [flow] = runBulk({
    seed: 11,
    forward: { ...HALF, ...loss },
    backward: HALF,
    options: { ...RENO, ...options },
    flows: [{ startMillis: 0, detourMillis: 0 }],
    warmUpMillis: 20_000,
    untilMillis: 20_000 + seconds * 1000,
  });
  return flow as FlowResult;
}

function assertNear(found: number, expected: number, tolerance: number, what: string): void {
  const ratio = found / expected;
  const message = `${what}: ${found.toFixed(2)} against ${expected.toFixed(2)}, ratio ${ratio.toFixed(3)}`;
  assert.ok(Math.abs(ratio - 1) <= tolerance, message);
}

// 500 loss events and more: a rate over n independent cycles is known to about 0.5/√n, here 2 %, a
// fifth of the tolerance.
for (const [lossRatio, seconds] of [
  [0.003, 1000],
  [0.001, 1800],
] as const) {
  it(`Mathis within 10 % at ${lossRatio * 100} % independent loss`, () => {
    const flow = lossy({ lossRatio }, seconds);
    assert.ok(flow.lossEvents > 500, `${flow.lossEvents} loss events`);
    const expected = mathisRate(flow.meanRttSeconds, lossRatio, MATHIS_INDEPENDENT);
    assertNear(flow.segmentsSent / flow.seconds, expected, 0.1, "segments per second");
  });

  const period = Math.round(1 / lossRatio);
  it(`Mathis within 10 % when one segment in ${period} is lost`, () => {
    const flow = lossy({ lossPeriodDatagrams: period }, seconds / 4);
    const expected = mathisRate(flow.meanRttSeconds, 1 / period, MATHIS_PERIODIC);
    assertNear(flow.segmentsSent / flow.seconds, expected, 0.1, "segments per second");
  });
}

for (const sack of [true, false]) {
  for (const lossRatio of [0.003, 0.01, 0.02, 0.03]) {
    const how = sack ? "with SACK" : "without SACK and limited transmit, as the model has it";
    it(`full PFTK within 15 % at ${lossRatio * 100} % independent loss ${how}`, () => {
      const flow = lossy({ lossRatio }, 1500, { sack, limitedTransmit: sack });
      assert.ok(flow.lossEvents > 500, `${flow.lossEvents} loss events`);
      const expected = pftkRate({
        rttSeconds: flow.meanRttSeconds,
        lossEventRatio: flow.lossEvents / flow.segmentsSent,
        // Where no time-out happened to begin a series there is none to measure; the least possible
        // stands in.
        timeoutSeconds: flow.meanTimeoutSeconds || RENO.minimumRtoMillis / 1000,
        segmentsPerCredit: 1,
      });
      assertNear(flow.segmentsSent / flow.seconds, expected, 0.15, "segments per second");
    });
  }
}

const RATE_BITS_PER_SECOND = 10_000_000;
/** A data segment on the link: 1000 bytes, header, UDP and IPv4. */
const SEGMENTS_PER_SECOND = RATE_BITS_PER_SECOND / 8 / 1060;
const BDP_SEGMENTS = Math.round(SEGMENTS_PER_SECOND * 0.04);
const BOTTLENECK: PathSettings = {
  ...CLEAR_PATH,
  delayMillis: 20,
  rateBitsPerSecond: RATE_BITS_PER_SECOND,
  queueDatagrams: BDP_SEGMENTS,
};

it("two flows with slightly different round trips that started apart share a bottleneck with a Jain index of 0.95 or more", () => {
  const flows = runBulk({
    seed: 3,
    forward: BOTTLENECK,
    backward: { ...CLEAR_PATH, delayMillis: 20 },
    options: RENO,
    flows: [
      { startMillis: 0, detourMillis: 0 },
      { startMillis: 5000, detourMillis: 4 },
    ],
    warmUpMillis: 30_000,
    untilMillis: 330_000,
  });
  const shares = flows.map(({ bytesDelivered }) => bytesDelivered);
  for (const { recoveries } of flows) assert.ok(recoveries.length >= 50, `${recoveries.length} sawtooths`);
  const index = jainIndex(shares);
  assert.ok(index >= 0.95, `Jain ${index.toFixed(4)} of ${shares}`);
  const utilization = (shares[0] as number) + (shares[1] as number);
  // Both queues together never run empty for long: at least 95 % of the link's payload rate.
  assertNear(utilization / 1000 / 300, SEGMENTS_PER_SECOND, 0.05, "segments per second of both");
});

it("AIMD's sawtooth has the period that its peak and the bottleneck's rate give, within 5 %", () => {
  const [flow] = runBulk({
    seed: 3,
    forward: BOTTLENECK,
    backward: { ...CLEAR_PATH, delayMillis: 20 },
    options: RENO,
    flows: [{ startMillis: 0, detourMillis: 0 }],
    warmUpMillis: 20_000,
    untilMillis: 320_000,
  }) as [FlowResult];
  const { recoveries } = flow;
  assert.ok(recoveries.length >= 20, `${recoveries.length} sawtooths`);
  const first = recoveries[0] as FlowResult["recoveries"][number];
  const last = recoveries.at(-1) as typeof first;
  const periodSeconds = (last.atMillis - first.atMillis) / 1000 / (recoveries.length - 1);
  const peak = recoveries.reduce((sum, { windowSegments }) => sum + windowSegments, 0) / recoveries.length;
  // The peak is the bandwidth-delay product and the queue.
  assertNear(peak, 2 * BDP_SEGMENTS, 0.05, "peak window");
  assertNear(periodSeconds, sawtoothSeconds(peak, SEGMENTS_PER_SECOND), 0.05, "period");
  assert.equal(flow.timeouts, 0);
});
