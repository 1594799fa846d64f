// Settings of a host's kernel that a study changes, by what they do to a transfer.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { tuningWords } from "../../study/hosts/words.ts";
import { tcp } from "../../study/measures/tcp.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { openHostShells } from "../../topology/apply/host-shells.ts";
import { parseScenario } from "../../topology/model/scenario.ts";
import { openTuning, request, type Testbed } from "../../topology/testbed/testbed.ts";
import { useTestbed } from "../../topology/testbed/use.ts";

const TOPOLOGY = parseScenario(
  "host-settings",
  `title: A long path with room for any window
networks: {near: {}, far: {}}
hosts:
  server: {role: server, on: near}
  client: {role: loadgen, on: far}
links:
  wan: {between: [far, near], rtt: 100ms, rate: 50mbit, queue: 2bdp}
`,
);
const RTT_SECONDS = 0.1;

describe("a host's receive window", { timeout: 180_000 }, () => {
  let testbed: Testbed & AsyncDisposable;
  before(async () => {
    testbed = await useTestbed(await connectDocker(), TOPOLOGY, { background: false });
  });
  after(() => testbed?.[Symbol.asyncDispose]());

  it("bounds a transfer to a window for each round trip, and no longer when it is taken away", async () => {
    await using shells = openHostShells(testbed.engine);
    const tune = await openTuning({ ...testbed, shells }, "client");
    const goodputWith = async (window: string) => {
      await tune(tuningWords({ "receive-window": window }, ["receive-window"]));
      const asked = tcp.request({ target: "server:80", seconds: "3", warmup: "2s" }, 1);
      const { result } = await request(testbed, "client", "loadgen.run", asked);
      return result.goodputBitsPerSecond;
    };
    for (const window of [16_384, 65_536, 262_144]) {
      const expected = (8 * window) / RTT_SECONDS;
      const ratio = (await goodputWith(String(window))) / expected;
      // A busy machine lengthens the round trip; a window is advertised in units of its scale.
      assert.ok(ratio > 0.8 && ratio < 1.05, `a window of ${window} bytes gives ${ratio} of window / RTT`);
    }
    assert.ok((await goodputWith("unlimited")) > 30e6);
  });
});
