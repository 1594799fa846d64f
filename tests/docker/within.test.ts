// Hosts within others: they reach these through the loopback interface and by their own address,
// without a packet on a network.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connectDocker } from "../../topology/apply/docker.ts";
import { parseScenario } from "../../topology/model/scenario.ts";
import { bringUp } from "../../topology/testbed/bring-up.ts";
import { request, type Testbed } from "../../topology/testbed/testbed.ts";
import { useTestbed } from "../../topology/testbed/use.ts";
import { engine } from "./engine.ts";
import { ask, until } from "./prometheus.ts";
import { status } from "./testbed.ts";

const SCENARIO = "within";
const TOPOLOGY = parseScenario(
  SCENARIO,
  `title: Clients within servers
networks: {here: {}}
hosts:
  web: {role: server, on: here}
  in-web: {role: loadgen, within: web}
  sink: {role: rudp, on: here}
  in-sink: {role: rudp, within: sink}
`,
);

describe("a host within another", { timeout: 180_000 }, () => {
  let testbed: Testbed & AsyncDisposable;
  before(async () => {
    testbed = await useTestbed(await connectDocker(), TOPOLOGY, { background: false });
  });
  after(() => testbed?.[Symbol.asyncDispose]());

  const sentPackets = async () => {
    const { networks = {} } = await engine.getContainer(`rttlab-${SCENARIO}-web`).stats({ stream: false });
    return Object.values(networks).reduce((sum, { tx_packets }) => sum + tx_packets, 0);
  };

  for (const target of ["localhost:80", "web:80"]) {
    it(`asks ${target} without a packet on a network`, async () => {
      const before = await sentPackets();
      const asked = { target, path: "/files/1KiB", requests: 2000, seconds: null, users: 4 };
      const { result } = await request(testbed, "in-web", "loadgen.run", asked);
      assert.deepEqual([result.completed, result.failed], [2000, 0]);
      // Prometheus scrapes both once a second meanwhile.
      assert.ok((await sentPackets()) - before < 1000);
    });
  }

  for (const target of ["localhost:4000", "sink:4000"]) {
    it(`receives from ${target} by RUDP`, async () => {
      const { result } = await request(testbed, "in-sink", "rudp.run", {
        target,
        direction: "receive",
        bytes: 100_000,
      });
      assert.equal(result.receivedBytes, 100_000);
    });
  }

  it("is scraped beside the other, and shown as within it", async () => {
    const { hosts, faults, urls } = await status(SCENARIO);
    assert.deepEqual(faults, []);
    assert.equal(hosts.find(({ name }) => name === "in-web")?.options.within, "web");
    const isUp = async () => (await ask(urls.prometheus ?? "", `up{role=~"server|loadgen|rudp"} == 1`)).length === 4;
    await until("all four hosts are scraped", isUp);
  });

  it("is a fault once the other has restarted, which up mends", async () => {
    await engine.getContainer(`rttlab-${SCENARIO}-web`).restart();
    const { faults } = await status(SCENARIO);
    assert.match(
      faults.find(({ name }) => name === "in-web")?.fault ?? "",
      /^of the host that it is within: it restarted/,
    );
    await bringUp(testbed.engine, TOPOLOGY, { background: false }, () => {});
    assert.deepEqual((await status(SCENARIO)).faults, []);
    const asked = { target: "localhost:80", path: "/files/1KiB", requests: 10, seconds: null, users: 1 };
    const { result } = await request(testbed, "in-web", "loadgen.run", asked);
    assert.equal(result.failed, 0);
  });
});
