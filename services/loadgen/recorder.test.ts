import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import type { LoadEvent } from "./events.ts";
import { loadTable } from "./load-table.ts";
import { emptyRecord, record, resultOf } from "./recorder.ts";

const IDLE = { cpuSeconds: 0.1, eventLoopUtilisation: 0.05, saturated: false };

/** A window from 1000 to 3000 ms, after a warm-up. */
function resultFrom(events: LoadEvent[], overrides: Record<string, unknown> = {}) {
  const settings = parseSettings({ target: "server:80", seconds: 2, ...overrides });
  const { rttMillis: given, seconds } = settings;
  const window = { windowStartMillis: 1000, windowEndMillis: seconds === null ? Number.POSITIVE_INFINITY : 3000 };
  const rtt = given === null ? { rttMillis: 100, source: "probe" } : { rttMillis: given, source: "given" };
  const recorded = emptyRecord(settings, window, rtt as Parameters<typeof emptyRecord>[2]);
  for (const event of events) record(recorded, event);
  return resultOf(recorded, "2026-01-01T00:00:00.000Z", IDLE);
}

function exchange(begunAtMillis: number, atMillis: number, connectMillis = 100): LoadEvent[] {
  const totalMillis = atMillis - begunAtMillis;
  const transferMillis = totalMillis - connectMillis;
  return [
    { what: "begun", atMillis: begunAtMillis },
    { what: "opened", begunAtMillis, atMillis: begunAtMillis + connectMillis, connectMillis },
    { what: "body", atMillis, bytes: 1000 },
    {
      what: "completed",
      begunAtMillis,
      atMillis,
      status: 200,
      firstByteMillis: connectMillis,
      transferMillis,
      totalMillis,
    },
  ];
}

describe("the record of a load", () => {
  it("counts latencies of what begins in the window, and rates of what ends in it", () => {
    const warm = exchange(500, 1200);
    const inside = exchange(1500, 1900);
    const late = exchange(2900, 3400);
    const result = resultFrom([...warm, ...inside, ...late]);
    assert.deepEqual([result.begun, result.completed, result.connections], [2, 2, 2]);
    assert.equal(result.latencies.total.count, 2);
    assert.deepEqual([result.latencies.total.minMicros, result.latencies.total.maxMicros], [400_000, 500_000]);
    assert.equal(result.completedPerSecond, 1);
    assert.equal(result.goodputBitsPerSecond, 8000);
  });

  it("gives medians in round trips of the probed RTT, or of a given one", () => {
    const events = exchange(1500, 1900);
    // A quantile of three digits is within 0.1 % of the value.
    assert.ok(Math.abs((resultFrom(events).roundTrips?.medians.transfer ?? 0) - 3) < 0.003);
    const given = resultFrom(events, { rttMillis: 50 }).roundTrips;
    assert.equal(given?.source, "given");
    assert.ok(Math.abs((given?.medians.transfer ?? 0) - 6) < 0.006);
  });

  it("keeps failures apart: by kind, with what the first one said, out of the latencies", () => {
    const failed = (kind: "timeout" | "status", status: number | null, message: string): LoadEvent => ({
      what: "failed",
      begunAtMillis: 1500,
      atMillis: 1600,
      kind,
      status,
      message,
    });
    const result = resultFrom([
      failed("timeout", null, "first"),
      failed("timeout", null, "second"),
      failed("status", 404, "x"),
    ]);
    assert.deepEqual([result.failed, result.failures.timeout, result.failures.status], [3, 2, 1]);
    assert.equal(result.failureExamples.timeout, "first");
    assert.deepEqual(result.statuses, { 404: 1 });
    assert.deepEqual([result.latencies.total.count, result.latencies.total.p50Micros], [0, null]);
    assert.deepEqual(result.roundTrips?.medians, { connect: null, firstByte: null, transfer: null, total: null });
  });

  it("counts what was cut off at the end, out of the latencies and of the failures", () => {
    const cut: LoadEvent = { what: "cut", begunAtMillis: 1500, atMillis: 3000 };
    const result = resultFrom([{ what: "begun", atMillis: 1500 }, cut], { ending: "cut" });
    assert.deepEqual([result.begun, result.completed, result.failed, result.cut], [1, 0, 0, 1]);
    assert.match(loadTable(result), /^cut off +1 at the end$/m);
  });

  it("takes the window of a number of requests to the end of the last of them", () => {
    const result = resultFrom([...exchange(1500, 1900), ...exchange(1900, 2000)], { seconds: null, requests: 2 });
    assert.deepEqual([result.windowSeconds, result.completedPerSecond], [1, 2]);
  });

  it("has a quantile only where a sample lies beyond it", () => {
    const held = (count: number) => {
      const events = Array.from({ length: count }, () => exchange(1500, 1900)).flat();
      const { p50Micros, p90Micros, p99Micros, p999Micros } = resultFrom(events).latencies.total;
      return [p50Micros, p90Micros, p99Micros, p999Micros].map((micros) => micros !== null);
    };
    assert.deepEqual(held(1), [true, false, false, false]);
    assert.deepEqual(held(9), [true, false, false, false]);
    assert.deepEqual(held(10), [true, true, false, false]);
    assert.deepEqual(held(99), [true, true, false, false]);
    assert.deepEqual(held(100), [true, true, true, false]);
    assert.deepEqual(held(1000), [true, true, true, true]);
  });

  it("carries whole histograms only where they are asked for", () => {
    const events = exchange(1500, 1900);
    assert.equal(resultFrom(events).latencies.total.histogram, undefined);
    const { histogram = "" } = resultFrom(events, { histograms: true }).latencies.total;
    assert.equal(decodeFromCompressedBase64(histogram).totalCount, 1);
  });

  it("is shown as a table that names failures and a saturated generator", () => {
    const result = resultFrom(exchange(1500, 1900));
    assert.match(loadTable(result), /^transfer +300\.0 .* 3\.00 +request to last byte$/m);
    const failures = { ...result.failures, refused: 3 };
    const table = loadTable({ ...result, failed: 3, failures, generator: { ...IDLE, saturated: true } });
    assert.match(table, /failed +3 \(refused 3\)/);
    assert.match(table, /saturated/);
  });
});
