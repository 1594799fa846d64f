// RUDP in real containers over a link that delays, queues and loses: two applications that both
// send and receive endless streams, with every byte checked at both ends; a file; the service's
// metrics and requests. RTTLAB_SOAK_SECONDS makes the streams longer.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { connectDocker } from "../../topology/apply/docker.ts";
import { requestService } from "../../topology/apply/request.ts";
import { topology, topologyJson } from "./cli.ts";
import { execIn } from "./engine.ts";

const SCENARIO = "rudp-lossy";
const STREAM_SECONDS = Number(process.env.RTTLAB_SOAK_SECONDS ?? 15);

/** 40 ms and 20 Mbit/s both ways, 1 % of packets lost each way. */
const TEXT = `title: Two RUDP endpoints with a link between them that loses packets
networks: {near: {}, far: {}}
hosts:
  rudp-a: {role: rudp, on: near}
  rudp-sink: {role: rudp, on: far}
links:
  lossy: {between: [near, far], rtt: 40ms, rate: 20mbit, queue: 1bdp, loss: 1%}
`;

interface Bench {
  sentBytes: number;
  receivedBytes: number;
  elapsedSeconds: number;
  goodputBitsPerSecond: number;
  numbers: { smoothedRttMillis: number; resentFast: number; resentRecovery: number };
}

describe("RUDP between containers", { timeout: 300_000 }, () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-rudp-docker-"));
    const file = join(folder, `${SCENARIO}.yaml`);
    await writeFile(file, TEXT);
    await topology("up", file, "idle", "uncalibrated");
  });
  after(async () => {
    await topology("down", SCENARIO);
    await rm(folder, { recursive: true });
  });

  const inHost = async (host: string, command: string) => {
    const { output, exitCode } = await execIn(`rttlab-${SCENARIO}-${host}`, "sh", "-c", command);
    assert.equal(exitCode, 0, output);
    return output;
  };

  it("two applications send and receive streams at once over the lossy link, and every byte is right", async () => {
    const printed = await inHost("rudp-a", `rudp bench rudp-sink:4000 seconds=${STREAM_SECONDS} direction=both json`);
    const result = JSON.parse(printed) as Bench;
    // Both ends check each byte and abort the connection at the first wrong one, so a result means
    // that none was wrong.
    const { numbers, sentBytes, receivedBytes } = result;
    assert.ok(numbers.resentFast + numbers.resentRecovery > 10, "the link lost nothing, so this shows nothing");
    assert.ok(numbers.smoothedRttMillis >= 40, `${numbers.smoothedRttMillis} ms`);
    // Newreno at 1 % of loss and 40 ms gives about 3 Mbit/s (Mathis); a quarter of that shows that
    // it did not stall.
    const least = (0.75e6 / 8) * STREAM_SECONDS;
    assert.ok(sentBytes > least && receivedBytes > least, printed);
  });

  it("a file goes through whole each way, and both ways at once", async () => {
    const make = "head -c 3000001 /dev/urandom > /tmp/file && sha256sum < /tmp/file";
    const transfer = async (from: string, to: string) => {
      const sum = await inHost(from, make);
      const receiving = inHost(to, "rudp recv 4100 /tmp/received json 2>/tmp/said && sha256sum < /tmp/received");
      await inHost(to, "until grep -q listening /tmp/said; do sleep 0.1; done");
      const sent = JSON.parse(await inHost(from, `rudp send /tmp/file ${to}:4100 json`)) as { bytes: number };
      const [result = "", received = ""] = (await receiving).split("\n");
      assert.equal(sent.bytes, 3_000_001);
      assert.equal(JSON.parse(result).bytes, 3_000_001);
      assert.equal(received, sum.trim());
    };
    // At once: each has a direction of the link.
    await Promise.all([transfer("rudp-a", "rudp-sink"), transfer("rudp-sink", "rudp-a")]);
  });

  it("the service does a run when it is asked, over the data network", async () => {
    const request = { target: "rudp-sink:4000", bytes: 500_000, connection: { controller: "cubic" } };
    const { result } = await requestService(await connectDocker(), `rttlab-${SCENARIO}-rudp-a`, "rudp.run", request);
    assert.equal(result.sentBytes, 500_000);
    assert.ok(result.numbers.smoothedRttMillis >= 40);
  });

  it("its numbers are on the management address, and nothing of RUDP is", async () => {
    const status = await topologyJson("status", SCENARIO);
    const sink = status.hosts.find(({ name }) => name === "rudp-sink");
    // Queried in the sink itself, because no other host reaches it there.
    const text = await inHost("rudp-sink", `curl --silent --max-time 10 http://${sink?.addresses.mgmt}:9100/metrics`);
    assert.match(text, /rttlab_rudp_delivered_bytes_total [1-9]/);
    // A socket that listened there would answer or refuse; the kernel of the sink reports that
    // there is none.
    const words = `rudp bench ${sink?.addresses.mgmt}:4000 bytes=1 2>&1; [ $? -eq 1 ]`;
    assert.match(await inHost("rudp-sink", words), /E_RUDP_(REFUSED|PEER_DEAD|PORT)/);
  });
});
