// A load of several generators, from the side of one of them: its instant and its share.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { emptyCounters } from "./counters.ts";
import { OK, serve } from "./lab/raw-server.ts";
import { runLoad } from "./run.ts";

function run(request: Record<string, unknown>) {
  return runLoad(
    parseSettings({ rttMillis: 1, ...request }),
    null,
    emptyCounters(),
    () => {},
    new AbortController().signal,
  );
}

describe("a share of a load", () => {
  it("begins at the instant of its settings, as other generators of the same load do", async (context) => {
    const cameAtMillis: number[] = [];
    const { target } = await serve(context, (socket, request) => {
      cameAtMillis.push(Date.now());
      OK(socket, request);
    });
    const startEpochMillis = Date.now() + 200;
    const { startedAt } = await run({ target, requests: 1, startEpochMillis });
    // Date.now() counts whole milliseconds.
    assert.ok((cameAtMillis[0] ?? 0) >= startEpochMillis - 1, `${cameAtMillis} of ${startEpochMillis}`);
    assert.ok(Date.parse(startedAt) >= startEpochMillis - 1, startedAt);
  });

  it("makes as many requests as fall to its users, so that all are made where some shares have nobody", async (context) => {
    const { target } = await serve(context, OK);
    for (const { users, made } of [
      { users: 1, made: [10, 0, 0] },
      { users: 2, made: [5, 5, 0] },
      { users: 4, made: [5, 3, 2] }, // the first has the first user and the fourth
    ]) {
      const share = (index: number) => run({ target, users, requests: 10, share: { index, of: 3 } });
      const results = [await share(0), await share(1), await share(2)];
      const completed = results.map((result) => result.completed);
      assert.deepEqual(completed, made);
    }
  });

  it("has its lateness in the lag and is invalid where it begins late, but for a warm-up that is longer", async (context) => {
    const { target } = await serve(context, (socket) => void setTimeout(() => OK(socket, ""), 10));
    const lateMillis = 300;
    const late = (request: Record<string, unknown>) =>
      run({ target, startEpochMillis: Date.now() - lateMillis, ...request });
    for (const request of [{ users: 2, seconds: 0.6 }, { requests: 5 }]) {
      const { invalid, latencies, completed } = await late(request);
      assert.ok(completed > 0);
      assert.ok((latencies.lag.maxMicros ?? 0) >= lateMillis * 1000, `${latencies.lag.maxMicros}`);
      const reason = "the load began late by more than 1 % of its window, by the generator's own fault";
      assert.deepEqual(invalid, [reason]);
    }
    const { invalid, latencies } = await late({ users: 2, seconds: 0.2, warmupSeconds: 0.6 });
    assert.deepEqual([invalid, (latencies.lag.maxMicros ?? 0) < lateMillis * 1000], [[], true]);
  });

  it("wishes for a request when its user should have come, however late it begins", async (context) => {
    const { target } = await serve(context, OK);
    // Four come evenly within a second, and the second is nearly over.
    const ramp = { users: 4, levels: { course: "ramp", values: [0, 4] }, seconds: 1, thinkMillis: 3_600_000 };
    const startEpochMillis = Date.now() - 800;
    const { latencies, offered } = await run({ target, startEpochMillis, ...ramp });
    const { minMicros, maxMicros } = latencies.lag;
    assert.equal(offered, 4);
    // The first came 0.8 s before, the last at 0.75 s; the generator takes some time too.
    assert.ok((maxMicros ?? 0) >= 799_000 && (minMicros ?? 0) < 400_000, `${minMicros} to ${maxMicros}`);
  });
});
