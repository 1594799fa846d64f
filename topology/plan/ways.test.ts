// The host that probes a link, its target, and how long silence must last to mean something.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import { readScenario } from "../scenarios/read-scenario.ts";
import { apparentFault, strangersOn } from "./faults.ts";
import { placesOf } from "./places.ts";
import { planUp } from "./plan.ts";
import { changeContainer, NOTHING, upped } from "./simulation.ts";
import { patienceSeconds, wayThrough } from "./ways.ts";

const scenario = await readScenario("two-hops");
const up = upped(scenario);
const { steps } = planUp(scenario, NOTHING);

/** Every host as it was wired. */
const hosts = steps.flatMap(({ action }) => {
  if (action.op !== "wire-host") return [];
  const { container: name, routes } = action.wiring;
  return [{ name, routes, places: placesOf(labelsOf(name)) ?? [] }];
});

function containerOf(name: string) {
  return up.containers.find((one) => one.name === name) ?? assert.fail(`there is no ${name}`);
}

function labelsOf(name: string) {
  return containerOf(name).labels;
}

const addressOf = (name: string, network: string) =>
  containerOf(`rttlab-two-hops-${name}`).addresses[`rttlab-two-hops-${network}`];

const link = (name: string) => containerOf(`rttlab-two-hops-${name}`);

const both = (change: Partial<LinkSettings["forward"]>): LinkSettings => {
  const direction = { ...UNIMPAIRED, ...change };
  return { forward: direction, backward: direction, seed: null };
};

suite("the way through a link", () => {
  test("leads from a host beside it to its far end where no host is, and passes no other link", () => {
    const way = wayThrough(link("access"), hosts);
    assert.deepEqual(way, { from: "rttlab-two-hops-load-a", to: [addressOf("access", "backbone")], isDirect: true });
  });

  test("leads to a host of the other side where there is one", () => {
    const beyond = {
      name: "beyond",
      routes: [],
      places: [{ network: "rttlab-two-hops-backbone", address: "10.0.0.9" }],
    };
    assert.deepEqual(wayThrough(link("access"), [...hosts, beyond])?.to, ["10.0.0.9"]);
  });

  test("passes others where no host is beside the link, and both of its ends must answer", () => {
    const far = hosts.filter(({ name }) => !/server|rudp-sink/.test(name));
    const way = wayThrough(link("core"), far);
    assert.deepEqual(way?.to, [addressOf("core", "backbone"), addressOf("core", "servers")]);
    assert.equal(way?.isDirect, false);
  });

  test("is not known where nobody can ask", () => assert.equal(wayThrough(link("core"), []), null));
});

suite("patience", () => {
  test("is a round trip with full queues and some for a busy machine", () => {
    assert.equal(patienceSeconds([both({})]), 3);
    assert.equal(patienceSeconds([both({ delayMillis: 1000 })]), 5);
    // 100 full frames at 1 Mbit/s each way: 2.4 s.
    const queue = { kind: "drop-tail", amount: 100, unit: "packets" } as const;
    assert.equal(patienceSeconds([both({ rateBitsPerSecond: 1e6, queue })]), 5);
  });

  test("lasts longer where packets are lost, so that chance alone is never silence", () => {
    // 0.36 of tries fail: 0.36 ** 14 is below 1e-6.
    assert.equal(patienceSeconds([both({ lossRatio: 0.2 })]), 3);
  });

  test("has an end: what takes too long, or loses nearly all, is not judged", () => {
    assert.equal(patienceSeconds([both({ delayMillis: 2000 })]), null);
    assert.equal(patienceSeconds([both({ lossRatio: 1 })]), null);
    assert.equal(patienceSeconds([both({ delayMillis: 1000 }), both({ delayMillis: 1000 })]), null);
  });
});

suite("a fault that Docker shows", () => {
  const faultAfter = (name: string, facts: Parameters<typeof changeContainer>[2]) => {
    const { containers } = changeContainer(up, name, facts);
    return apparentFault(containers.find((one) => one.name === name) ?? assert.fail(), containers);
  };
  const server = "rttlab-two-hops-server";

  test("is none where everything is as planned", () => {
    for (const container of up.containers.filter(({ state }) => state === "running")) {
      assert.equal(apparentFault(container, up.containers), null, container.name);
    }
  });

  test("is that it does not run, is elsewhere, or is not wired", () => {
    assert.equal(faultAfter(server, { state: "paused" })?.kind, "paused");
    assert.equal(faultAfter(server, { state: "exited", exitCode: 137 })?.text, "it exited with code 137");
    assert.equal(faultAfter(server, { addresses: {} })?.kind, "disconnected");
    assert.equal(faultAfter(server, { startedAtMillis: 1e9 })?.kind, "unwired");
    const without = up.containers.filter(({ name }) => name !== `${server}.wiring`);
    assert.deepEqual(apparentFault(containerOf(server), without), { kind: "unwired", text: "it is not wired" });
  });

  test("names strangers by the network that they are on", () => {
    const [network, ...rest] = up.networks.map((one, at) => (at === 0 ? { ...one, strangers: ["somebody"] } : one));
    assert.deepEqual(strangersOn([...rest, network ?? assert.fail()]), [
      { name: network?.name, fault: "somebody, which is not ours, is on it" },
    ]);
  });
});
