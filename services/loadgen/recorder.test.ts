import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { loadTable } from "../../lib/contract/load/table.ts";
import { emptyCounters } from "./counters.ts";
import type { Exchange } from "./exchange.ts";
import { Recorder } from "./recorder.ts";
import { windowOf } from "./window.ts";

const IDLE = { cpuSeconds: 0.1, eventLoopUtilisation: 0.05, saturated: false, spunSeconds: 0, threads: [] };

/** A window from 1000 to 3000 ms, after a warm-up. */
function resultFrom(happen: (recorder: Recorder) => void, overrides: Record<string, unknown> = {}) {
  const settings = parseSettings({ target: "server:80", seconds: 2, warmupSeconds: 1, ...overrides });
  const recorder = new Recorder(settings, windowOf(settings, 0), emptyCounters());
  happen(recorder);
  const { rttMillis } = settings;
  const rtt =
    rttMillis === null ? ({ rttMillis: 100, source: "probe" } as const) : ({ rttMillis, source: "given" } as const);
  return { ...recorder.result("2026-01-01T00:00:00.000Z", rtt, IDLE), invalid: [] };
}

function exchangeOf(intendedMillis: number, connectMillis = 100): Exchange {
  return {
    intendedMillis,
    attendedMillis: intendedMillis + 1,
    startedMillis: intendedMillis + 3,
    sentMillis: intendedMillis + connectMillis,
    firstByteMillis: intendedMillis + 2 * connectMillis,
    status: 200,
  } as Exchange;
}

/** A whole one, with its connect and a body of 1000 bytes. */
function exchange(recorder: Recorder, intendedMillis: number, endMillis: number, connectMillis = 100): void {
  const done = exchangeOf(intendedMillis, connectMillis);
  recorder.offered(intendedMillis, intendedMillis);
  recorder.begun(intendedMillis);
  recorder.started(done);
  recorder.opened(intendedMillis, connectMillis);
  recorder.received(1000, endMillis);
  recorder.completed(done, endMillis);
}

describe("the record of a load", () => {
  it("counts latencies of what begins in the window, and rates of what ends in it", () => {
    const result = resultFrom((recorder) => {
      exchange(recorder, 500, 1200);
      exchange(recorder, 1500, 1900);
      exchange(recorder, 2900, 3400);
    });
    assert.deepEqual([result.begun, result.completed, result.connections], [2, 2, 2]);
    assert.equal(result.latencies.total.count, 2);
    assert.deepEqual([result.latencies.total.minMicros, result.latencies.total.maxMicros], [400_000, 500_000]);
    assert.equal(result.completedPerSecond, 1);
    assert.equal(result.goodputBitsPerSecond, 8000);
  });

  it("counts what is under way from before the window until after it, which neither times nor rates have", () => {
    const result = resultFrom(
      (recorder) => {
        for (const [from, to] of [
          [0, 999],
          [500, 2999],
          [500, 3000],
          [999, 3400],
          [1000, 3400],
          [3000, 3400],
        ] as const) {
          exchange(recorder, from, to);
          recorder.page(from, to, "completed", 2);
        }
        recorder.cut(exchangeOf(500), 3000);
        recorder.failed(exchangeOf(500), "timeout", "late", 0, 4000);
      },
      { page: "1.1-serial" },
    );
    assert.deepEqual([result.completed, result.completedPerSecond, result.spanning], [1, 0.5, 4]);
    assert.deepEqual([result.pages?.completed, result.pages?.spanning], [1, 2]);
  });

  it("gives medians in round trips of the probed RTT, or of a given one", () => {
    const events = (recorder: Recorder) => exchange(recorder, 1500, 1900);
    // A quantile of three digits is within 0.1 % of the value.
    assert.ok(Math.abs((resultFrom(events).roundTrips?.medians.transfer ?? 0) - 3) < 0.003);
    const given = resultFrom(events, { rttMillis: 50 }).roundTrips;
    assert.equal(given?.source, "given");
    assert.ok(Math.abs((given?.medians.transfer ?? 0) - 6) < 0.006);
  });

  it("keeps failures apart: by kind, with what the first one said, out of the latencies", () => {
    const result = resultFrom((recorder) => {
      recorder.failed(exchangeOf(1500), "reset", "first", 0, 1600);
      recorder.failed(exchangeOf(1500), "reset", "second", 0, 1600);
      recorder.failed(exchangeOf(1500), "status", "x", 404, 1600);
    });
    assert.deepEqual([result.failed, result.failures.reset, result.failures.status], [3, 2, 1]);
    assert.equal(result.failureExamples.reset, "first");
    assert.deepEqual(result.statuses, { 404: 1 });
    assert.deepEqual([result.latencies.total.count, result.latencies.total.p50Micros], [0, null]);
    assert.equal(result.roundTrips?.medians.total, null);
  });

  it("has the full wait of what timed out in the latencies and in the failures", () => {
    const { failures, latencies } = resultFrom((recorder) =>
      recorder.failed(exchangeOf(1500), "timeout", "late", 0, 31_500),
    );
    assert.equal(failures.timeout, 1);
    assert.deepEqual([latencies.total.maxMicros, latencies.service.maxMicros], [30_000_000, 29_997_000]);
    assert.equal(latencies.transfer.count, 0);
  });

  it("has what was cut off in the latencies for as long as it waited, with a connection or without", () => {
    const { latencies, pages } = resultFrom(
      (recorder) => {
        exchange(recorder, 1500, 1501);
        recorder.cut(exchangeOf(1600), 3000);
        recorder.cut({ ...exchangeOf(1700), startedMillis: Number.NaN }, 3000);
        recorder.page(1600, 3000, "cut", 0);
        recorder.page(1600, 3000, "failed", 0);
      },
      { ending: "cut", page: "1.1-serial" },
    );
    assert.deepEqual([latencies.total.count, latencies.total.p50Micros], [3, 1_300_000]);
    assert.deepEqual([latencies.service.count, latencies.service.maxMicros], [2, 1_397_000]);
    assert.deepEqual([latencies.transfer.count, latencies.firstByte.count], [1, 1]);
    assert.deepEqual([pages?.objects, pages?.latency.count, pages?.latency.maxMicros], [null, 1, 1_400_000]);
  });

  it("counts latencies from the intended and from the actual start, and the lag between them apart", () => {
    const { latencies } = resultFrom((recorder) => exchange(recorder, 1500, 1900));
    const micros = ["lag", "wait", "connect", "firstByte", "transfer", "service", "total"] as const;
    assert.deepEqual(
      micros.map((phase) => latencies[phase].maxMicros),
      [1000, 2000, 100_000, 100_000, 300_000, 397_000, 400_000],
    );
  });

  it("counts what was dropped among the offered, and what was cut off at the end apart from the failures", () => {
    const result = resultFrom(
      (recorder) => {
        recorder.offered(1500, 1500);
        recorder.dropped(1500, 1500);
        recorder.offered(1600, 1600);
        recorder.begun(1600);
        recorder.cut(exchangeOf(1600), 3000);
      },
      { ending: "cut", rate: 5 },
    );
    assert.deepEqual([result.offered, result.dropped, result.begun, result.failed, result.cut], [2, 1, 1, 0, 1]);
    assert.match(loadTable(result), /^cut off +1 at the end$/m);
    assert.match(loadTable(result), /^offered +2 \(1\.0\/s\), of which 1 were dropped$/m);
  });

  it("has a series of every second, warm-up included", () => {
    const { seconds } = resultFrom((recorder) => {
      recorder.offered(100, 100);
      recorder.begun(100);
      exchange(recorder, 1500, 2900);
    });
    assert.deepEqual(
      seconds.map(({ offered, started, completed, bodyBytes }) => [offered, started, completed, bodyBytes]),
      [
        [1, 0, 0, 0],
        [1, 1, 0, 0],
        [0, 0, 1, 1000],
      ],
    );
    assert.deepEqual([seconds[0]?.inFlight, seconds[1]?.inFlight], [1, 2]);
    assert.deepEqual([seconds[1]?.completedMicros, seconds[2]?.completedMicros], [0, 1_400_000]);
  });

  it("takes the window of a number of requests to the end of the last of them", () => {
    const result = resultFrom(
      (recorder) => {
        exchange(recorder, 1500, 1900);
        exchange(recorder, 1900, 2000);
      },
      { seconds: null, requests: 2 },
    );
    assert.deepEqual([result.windowSeconds, result.completedPerSecond], [1, 2]);
  });

  it("has a quantile only where a sample lies beyond it", () => {
    const held = (count: number) => {
      const events = (recorder: Recorder) => {
        for (let made = 0; made < count; made++) exchange(recorder, 1500, 1900);
      };
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
    const events = (recorder: Recorder) => exchange(recorder, 1500, 1900);
    assert.equal(resultFrom(events).latencies.total.histogram, undefined);
    const { histogram = "" } = resultFrom(events, { histograms: true }).latencies.total;
    assert.equal(decodeFromCompressedBase64(histogram).totalCount, 1);
  });

  it("is shown as a table that names failures, and why it is invalid", () => {
    const result = resultFrom((recorder) => exchange(recorder, 1500, 1900));
    assert.match(loadTable(result), /^transfer +300\.0 .* 3\.00 +request to last byte$/m);
    const failures = { ...result.failures, refused: 3 };
    const table = loadTable({ ...result, failed: 3, failures, invalid: ["the generator slept"] });
    assert.match(table, /failed +3 \(refused 3\)/);
    assert.match(table, /^INVALID: the generator slept$/m);
  });
});
