// Open loads in virtual time against servers of which queueing theory knows the waiting times: one
// server, first come first served, Poisson arrivals (Kleinrock, "Queueing Systems", volume 1,
// 1975).

import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { randomSequence } from "../../lib/random.ts";
import { startVirtualServer } from "./lab/virtual-server.ts";
import { Recorder } from "./recorder.ts";

const SERVICE_MILLIS = 10;
const BATCHES = 20;

/** The mean time in the system, in service times, with its standard error from batch means. */
async function measure(utilisation: number, serviceMillis: () => number) {
  // The busier the server, the longer one wait hangs on another.
  const requests = utilisation < 0.8 ? 25_000 : 60_000;
  const rate = (utilisation * 1000) / SERVICE_MILLIS;
  const load = { rate, arrivals: "poisson", requests, seed: 11, warmupSeconds: 100, connections: 60_000 };
  const settings = parseSettings({ ...load, target: "a:1", timeoutMillis: 3_600_000, rttMillis: 1 });
  const totals: number[] = [];
  class Watching extends Recorder {
    override completed(...[exchange, atMillis]: Parameters<Recorder["completed"]>): void {
      super.completed(exchange, atMillis);
      totals.push((atMillis - exchange.intendedMillis) / SERVICE_MILLIS);
    }
  }
  const result = await startVirtualServer(serviceMillis).load(settings, Watching);
  const size = Math.floor(totals.length / BATCHES);
  const means = Array.from({ length: BATCHES }, (_, batch) => mean(totals.slice(batch * size, (batch + 1) * size)));
  const spread = Math.sqrt(mean(means.map((value) => (value - mean(means)) ** 2)) / (BATCHES - 1));
  assert.deepEqual([result.completed, result.failed, result.dropped], [requests, 0, 0]);
  return { mean: (result.latencies.total.meanMicros ?? 0) / 1000 / SERVICE_MILLIS, spread, result };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Whether the theory's value is within four standard errors: by chance once in 2000, and seeds are
 * fixed.
 */
function agrees(context: TestContext, measured: number, expected: number, spread: number): void {
  context.diagnostic(`${measured.toFixed(3)} measured, ${expected.toFixed(3)} expected, ± ${spread.toFixed(3)}`);
  assert.ok(Math.abs(measured - expected) < 4 * spread, `${measured} instead of ${expected} ± ${spread}`);
  assert.ok(spread < 0.25 * expected, `the spread ${spread} decides nothing`);
}

describe("an open load against a queue that theory knows", () => {
  for (const utilisation of [0.5, 0.9]) {
    it(`has M/M/1's mean time in the system and its quantiles at ρ = ${utilisation}`, async (context) => {
      const random = randomSequence(5);
      const { mean, spread, result } = await measure(utilisation, () => -Math.log(1 - random()) * SERVICE_MILLIS);
      const expected = 1 / (1 - utilisation);
      agrees(context, mean, expected, spread);
      // The time in the system is exponential: its p90 is ln 10 of its mean, p99 ln 100.
      const { p50Micros, p90Micros, p99Micros } = result.latencies.total;
      for (const [micros, level] of [
        [p50Micros, 2],
        [p90Micros, 10],
        [p99Micros, 100],
      ] as const) {
        const quantile = (micros ?? 0) / 1000 / SERVICE_MILLIS;
        agrees(context, quantile, Math.log(level) * expected, Math.log(level) * spread * 1.5);
      }
    });

    it(`has M/D/1's mean time in the system at ρ = ${utilisation}`, async (context) => {
      const { mean, spread } = await measure(utilisation, () => SERVICE_MILLIS);
      agrees(context, mean, 1 + utilisation / (2 * (1 - utilisation)), spread);
    });
  }
});
