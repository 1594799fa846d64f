// Data networks are exempt from the machine's connection tracking while a testbed is up, and
// nothing of that remains afterwards.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { removeContainer, runContainer } from "../../topology/apply/container.ts";
import type { Engine } from "../../topology/apply/docker.ts";
import { runHelper } from "../../topology/apply/helper.ts";
import { performer } from "../../topology/apply/perform.ts";
import type { Action, UntrackingSpec } from "../../topology/plan/step.ts";
import { bringUp, clean, inHost, other, ROOT, step } from "./apply-host.ts";

describe("connection tracking", { timeout: 300_000 }, () => {
  let engine: Engine;
  let image = "";

  before(async () => {
    ({ engine, image } = await bringUp());
  });
  after(async () => {
    await perform({ op: "remove-container", container: untracking().name });
    await clean(engine);
  });

  it("packets between hosts meet the rules once, however often they are set", async () => {
    await perform({ op: "untrack-networks", untracking: untracking() });
    await perform({ op: "untrack-networks", untracking: untracking() });
    const peer = other(image, {});
    await runContainer(engine, peer);
    const [before] = await rules();
    await inHost(engine, "ping -c 3 -i 0.1 198.18.77.20");
    const [rule, ...more] = await rules();
    assert.deepEqual(more, []);
    // Echo requests and replies: three each, and whatever else the two may send.
    assert.ok((rule?.packets ?? 0) - (before?.packets ?? 0) >= 6, JSON.stringify([before, rule]));
    await removeContainer(engine, peer.name);
  });

  it("removing the record takes the rules away, and only those of the scenario", async () => {
    const neighbour = { ...untracking(), name: "rttlab-apply-test-2.untracked", subnets: ["198.18.99.0/24"] };
    neighbour.labels = { ...neighbour.labels, "rttlab.scenario": "apply-test-2" };
    await perform({ op: "untrack-networks", untracking: neighbour });
    await perform({ op: "untrack-networks", untracking: untracking() });
    await perform({ op: "remove-container", container: untracking().name });
    assert.deepEqual(
      (await rules()).map(({ source }) => source),
      ["198.18.99.0/24"],
    );
    await perform({ op: "remove-container", container: neighbour.name });
    assert.deepEqual(await rules(), []);
    await perform({ op: "remove-container", container: neighbour.name });
  });

  async function perform(action: Action): Promise<void> {
    await performer(engine, ROOT)(step(action), () => {}, new AbortController().signal);
  }

  function untracking(): UntrackingSpec {
    const labels = { "rttlab.scenario": "apply-test", "rttlab.role": "untracked" };
    return {
      name: "rttlab-apply-test.untracked",
      image,
      labels,
      subnets: ["198.18.77.0/24"],
      management: { gateway: "198.18.78.1", watchers: [] },
    };
  }

  /** The rules of these tests' scenarios, with the packets that met them. */
  async function rules(): Promise<{ source: string; packets: number }[]> {
    const name = "rttlab-apply-test-look";
    const { output } = await runHelper(engine, {
      name,
      image,
      labels: untracking().labels,
      command: ["iptables", "-w", "-t", "raw", "-L", "PREROUTING", "-v", "-n", "-x"],
      capabilities: ["NET_ADMIN", "NET_RAW"],
      networkMode: "host",
    });
    await removeContainer(engine, name);
    return output
      .filter((line) => line.includes("rttlab-apply-test"))
      .map((line) => line.trim().split(/\s+/))
      .map((columns) => ({ packets: Number(columns[0]), source: columns[7] as string }));
  }
});
