// The idle time-out as Prometheus sees it, in every structure.

import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createMetrics } from "../accounting/metrics.ts";
import { everyStructure, everyStructureOfRudp, type Server, startServer } from "../cases/loopback-server.ts";
import { connectTo } from "../cases/raw-client.ts";
import { connectOverRudp } from "../cases/rudp-client.ts";
import { STRUCTURES } from "./table.ts";

const [MAXIMUM_SECONDS, MINIMUM_SECONDS] = [60, 20];
/** Nothing announces a change of a metric. */
const POLL_MILLIS = 5;
const LIMIT = { timeout: 20_000 };

const EVERYWHERE = [
  ...everyStructure().map((row) => [...row, connectTo] as const),
  ...everyStructureOfRudp().map((row) => [...row, connectOverRudp] as const),
];

for (const [name, structure, connect] of EVERYWHERE)
  it(
    `${name} shows the maximum while nobody is there, the minimum at capacity, and then the maximum`,
    LIMIT,
    async () => {
      await using server = await startServer(structure, tmpdir(), { workers: 1, timeouts: timeouts(1) });
      assert.equal(await gauge(server), MAXIMUM_SECONDS);
      await using client = await connect(server.port);
      await shows(server, MINIMUM_SECONDS);
      client.end();
      await client.closed;
      await shows(server, MAXIMUM_SECONDS);
    },
  );

it("event-multi shows the mean of its loops, each of which has its own connections", LIMIT, async () => {
  await using server = await startServer(STRUCTURES["event-multi"], tmpdir(), { workers: 2, timeouts: timeouts(2) });
  await using _client = await connectTo(server.port);
  await shows(server, (MAXIMUM_SECONDS + MINIMUM_SECONDS) / 2);
});

function timeouts(capacity: number) {
  return { idle: { minimumMillis: 1000 * MINIMUM_SECONDS, maximumMillis: 1000 * MAXIMUM_SECONDS, capacity } };
}

async function gauge({ threads, idleMillis }: Server): Promise<number> {
  const text = await createMetrics("any", "any", threads, { idleMillis }).metrics();
  const [, seconds] = /^rttlab_http_idle_timeout_seconds{structure="any"} (\S+)$/m.exec(text) ?? [];
  return Number(seconds);
}

async function shows(server: Server, seconds: number): Promise<void> {
  while ((await gauge(server)) !== seconds) await delay(POLL_MILLIS);
}
