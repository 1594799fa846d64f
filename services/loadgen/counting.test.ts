// Loads in virtual time against a server whose every latency follows by counting: it serves one
// request after another, always in 10 ms, or one in a hundred in a second.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LatencySummary } from "../../lib/contract/load/load.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { startVirtualServer } from "./lab/virtual-server.ts";

const SERVICE_MILLIS = 10;
const SLOW_MILLIS = 1000;
const REQUESTS = 10_000;

/** The first of each hundred takes a second. */
function oneInAHundred(): () => number {
  let served = 0;
  return () => (served++ % 100 === 0 ? SLOW_MILLIS : SERVICE_MILLIS);
}

function latenciesOf(serviceMillis: () => number, given: Record<string, unknown>) {
  const settings = parseSettings({ target: "a:1", requests: REQUESTS, rttMillis: 1, ...given });
  return startVirtualServer(serviceMillis).load(settings);
}

/** Quantiles are those of a histogram of three digits; mean, min and max are exact. */
function has(summary: LatencySummary, expected: Record<string, number>): void {
  assert.equal(summary.count, REQUESTS);
  for (const [name, millis] of Object.entries(expected)) {
    const measured = (summary[`${name}Micros` as "p50Micros"] ?? Number.NaN) / 1000;
    const tolerance = /^p/.test(name) ? millis / 1000 : 1e-6;
    assert.ok(Math.abs(measured - millis) <= tolerance, `${name}: ${measured} ms instead of ${millis}`);
  }
}

describe("latencies that counting gives", () => {
  it("are all the service time where it is fixed and nobody waits", async () => {
    for (const load of [{ users: 1 }, { rate: 500 / SERVICE_MILLIS }]) {
      const { latencies } = await latenciesOf(() => SERVICE_MILLIS, load);
      const all = { min: 10, mean: 10, p50: 10, p90: 10, p99: 10, p999: 10, max: 10 };
      has(latencies.total, all);
      has(latencies.service, all);
    }
  });

  it("are eight service times of eight users who wait for each other, but for the first ones", async () => {
    const { latencies } = await latenciesOf(() => SERVICE_MILLIS, { users: 8 });
    has(latencies.total, { min: 10, p50: 80, p90: 80, p99: 80, p999: 80, max: 80 });
  });

  it("have one in a hundred above p99 where one user sees each slow one once", async () => {
    const { latencies } = await latenciesOf(oneInAHundred(), { users: 1 });
    has(latencies.total, { min: 10, mean: 19.9, p50: 10, p90: 10, p99: 10, p999: 1000, max: 1000 });
  });

  it("are spread evenly over the slow second where requests come every 20 ms: all behind it wait", async () => {
    // The k-th behind a slow one comes 20 k ms after it and ends 1000 + 10 k ms after it. The two
    // in the middle take 500 and 510 ms.
    const { latencies } = await latenciesOf(oneInAHundred(), { rate: 50, connections: 1 });
    has(latencies.total, { min: 10, mean: 505, p50: 505, p90: 900, p99: 990, p999: 1000, max: 1000 });
    // From the actual start the same load looks as one user sees it.
    has(latencies.service, { min: 10, mean: 19.9, p50: 10, p90: 10, p99: 10, p999: 1000, max: 1000 });
  });

  it("have the opening of a connection in the service, as they have the handshake, and not in the wait", async () => {
    const settings = parseSettings({ target: "a:1", httpVersion: "1.0", rate: 10, requests: 20, rttMillis: 1 });
    const { latencies } = await startVirtualServer(() => SERVICE_MILLIS, 1).load(settings);
    const { wait, connect, transfer, service, total } = latencies;
    assert.deepEqual(
      [wait, connect, transfer, service, total].map(({ minMicros, maxMicros }) => [minMicros, maxMicros]),
      [0, 1000, 10_000, 11_000, 11_000].map((micros) => [micros, micros]),
    );
  });

  it("have the wait of each that the end cuts off in a stall, as of those that are waited for", async () => {
    // The server stands still for the last two of ten seconds. Of 2000 requests 400 come meanwhile,
    // evenly, and wait for one second on average until the end.
    let served = 0;
    const stalls = () => (++served === 1600 ? 10_000 : 1);
    const load = { seconds: 10, requests: null, rate: 200, ending: "cut" };
    const { completed, cut, latencies } = await latenciesOf(stalls, load);
    const { count, p99Micros, meanMicros } = latencies.total;
    assert.deepEqual([completed + cut, count], [2000, 2000]);
    // The slowest hundredth are those that came in the first tenth of a second of it.
    assert.ok(Math.abs((p99Micros ?? 0) - 1.9e6) < 0.01e6, `${p99Micros}`);
    assert.ok(Math.abs((meanMicros ?? 0) - 0.2e6) < 0.01e6, `${meanMicros}`);
  });
});
