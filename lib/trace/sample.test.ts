// The sampler on this machine's own loopback. It needs a packet socket for TCP, so root.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createConnection, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";

const SAMPLER = new URL("./sample.pl", import.meta.url).pathname;
const MAY_CAPTURE = process.getuid?.() === 0;

function begin(...words: string[]) {
  const sampler = spawn("perl", [SAMPLER, "-", "5", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const printed = text(sampler.stdout);
  return async () => {
    sampler.kill("SIGTERM");
    return (await printed).trimEnd().split("\n");
  };
}

async function exchange(port: number): Promise<number> {
  const socket = createConnection(port, "127.0.0.1");
  await once(socket, "connect");
  for (let round = 0; round < 20; round += 1) {
    socket.write("x");
    await once(socket, "data");
    await new Promise((resolve) => setTimeout(resolve, 10)); // so that there are moments to sample
  }
  const { localPort = 0 } = socket;
  socket.destroy();
  return localPort;
}

describe("the sampler", { skip: !MAY_CAPTURE && "it needs a packet socket" }, () => {
  it("finds connections that were there and those that come, each with its own numbers", async () => {
    await using server = createServer((socket) => socket.pipe(socket));
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as { port: number };
    using open = new DisposableStack();
    const first = open.adopt(createConnection(port, "127.0.0.1"), (one) => one.destroy());
    await once(first, "connect");
    const end = begin("100000", "tcp", "127.0.0.1");
    const second = await exchange(port);
    const lines = await end();
    const ofServer = lines.map((line) => line.split(" ")).filter(([, near]) => Number(near) === port);
    const peers = Map.groupBy(ofServer, ([, , , far]) => Number(far));
    assert.deepEqual(new Set(peers.keys()), new Set([first.localPort, second]));
    const [, , peer, , state, cwnd, , , , resent, , , acked] = peers.get(second)?.at(-1) ?? [];
    assert.deepEqual([peer, state, resent], ["127.0.0.1", "0", "0"]);
    assert.ok(Number(cwnd) >= 10, `cwnd ${cwnd}`); // Linux's initial window, RFC 6928
    // of the 20 octets echoed; the last may be on their way
    assert.ok(Number(acked) >= 15, `acknowledged ${acked}`);
  });

  it("says what waits in a queue only when that changes, and keeps to its bound", async () => {
    const end = begin("3", "queues", "lo");
    await new Promise((resolve) => setTimeout(resolve, 200));
    const lines = await end();
    assert.equal(lines.length, 1, lines.join("\n")); // loopback has no queue
    assert.match(lines[0] ?? "", /^\d+\.\d 0 0 0$/);
  });
});
