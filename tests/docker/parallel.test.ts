// Several commands at once, each in a process of its own: they take turns where they must, and all
// of them succeed.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connectDocker } from "../../topology/apply/docker.ts";
import { takeTurn } from "../../topology/apply/turn.ts";
import { rttlab, topology, topologyJson } from "./cli.ts";
import { leftovers, nextEvent } from "./engine.ts";

/** No other file that may run at the same time has them. */
const SCENARIOS = ["adsl", "wifi", "one-path"];
const ONE = "adsl";

async function healths(scenario: string): Promise<string[]> {
  const { hosts, links } = await topologyJson("status", scenario);
  return [...new Set([...hosts, ...links].map(({ health }) => health))];
}

describe("commands at once", { timeout: 600_000 }, () => {
  const down = () => Promise.all(SCENARIOS.map((scenario) => rttlab("topology", "down", scenario)));
  before(down);
  after(down);

  it("bring several scenarios up, each whole, and take them down", async () => {
    await Promise.all(SCENARIOS.map((scenario) => topology("up", scenario, "uncalibrated")));
    for (const scenario of SCENARIOS) assert.deepEqual(await healths(scenario), ["healthy"], scenario);
    await Promise.all(SCENARIOS.map((scenario) => topology("down", scenario)));
    for (const scenario of SCENARIOS) assert.deepEqual(await leftovers(scenario), []);
  });

  it("bring one scenario up once, and the second finds it as it should be", async () => {
    const ups = [1, 2].map(() => topologyJson("up", ONE, "uncalibrated"));
    const steps = (await Promise.all(ups)).map((up) => up.steps.length);
    assert.equal(Math.min(...steps), 0, "one of them had nothing left to do");
    assert.deepEqual(await healths(ONE), ["healthy"]);
  });

  // A silent part takes patience, and the machine has one turn for all who choose subnets.
  it("try out a scenario that is up before the turn to choose subnets has come", { timeout: 120_000 }, async (test) => {
    using tried = await nextEvent({ type: ["container"], event: ["exec_start"], label: [`rttlab.scenario=${ONE}`] });
    const turn = await takeTurn(await connectDocker(), "choosing subnets");
    test.signal.addEventListener("abort", turn.pass);
    const again = topologyJson("up", ONE, "uncalibrated");
    await tried.happened.finally(turn.pass);
    assert.deepEqual((await again).steps, []);
  });

  it("leave a scenario whole or gone when up runs beside down", async () => {
    const [up, down] = await Promise.all([
      rttlab("topology", "up", ONE, "uncalibrated"),
      rttlab("topology", "down", ONE),
    ]);
    assert.deepEqual([up.exitCode, down.exitCode], [0, 0], up.stderr + down.stderr);
    if ((await leftovers(ONE)).length > 0) assert.deepEqual(await healths(ONE), ["healthy"]);
  });
});
