// A host's limit of processors, as a real engine enforces it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Engine } from "../../topology/apply/docker.ts";
import { bringUp, clean, HOST, inHost } from "./apply-host.ts";

describe("a limited host", { timeout: 120_000 }, () => {
  let engine: Engine;

  before(async () => {
    ({ engine } = await bringUp());
  });
  after(() => clean(engine));

  it("a host has the processors that its limit gives: one of them, and half of its time", async () => {
    assert.equal((await inHost(engine, "nproc")).trim(), "1");
    const { NanoCpus, CpusetCpus } = (await engine.docker.getContainer(HOST).inspect()).HostConfig;
    assert.deepEqual([NanoCpus, CpusetCpus], [5e8, "0"]);
    // A loop that never waits has no more than its share, a period of 100 ms at the end apart; on a
    // busy machine it has less.
    const spin = "const began = performance.now(); while (performance.now() - began < 1000);";
    const print = "const { user, system } = process.cpuUsage(start); console.log((user + system) / 1000);";
    const before = "const start = process.cpuUsage();";
    const millis = Number(await inHost(engine, `node -e '${before}${spin}${print}'`));
    assert.ok(millis < 750, `${millis} ms of processor time in a second`);
  });
});
