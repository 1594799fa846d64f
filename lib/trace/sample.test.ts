// The sampler on this machine's own loopback. It needs a packet socket for TCP, so root.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { constants } from "node:os";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";

const SAMPLER = new URL("./sample.pl", import.meta.url).pathname;
/**
 * On loopback, and nobody else's: files beside this one have hundreds of connections of 127.0.0.1,
 * and the sampler keeps to the first 64 that it finds.
 */
const HERE = "127.77.0.1";
/** The sampler sleeps once between two samples; a lock of the kernel may make it sleep in one. */
const SLEEPS = 5;
const MAY_CAPTURE = process.getuid?.() === 0;

interface Sampler {
  /** Resolves after a sample that was begun after this call. */
  sampled(): Promise<void>;
  /** Ends it and gives its lines. */
  end(): Promise<string[]>;
}

/** Resolves when the sampler samples. */
async function begin(...words: string[]): Promise<Sampler> {
  const sampler = spawn("perl", [SAMPLER, "-", "5", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const printed = text(sampler.stdout);
  const state = (name: string) => stateOf(sampler.pid ?? 0, name);
  const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
  // It says nothing until its end; the last thing before its samples is that it catches SIGTERM.
  while (sampler.exitCode === null && !catchesTerm(await state("SigCgt"))) await pause();
  const slept = async () => Number(await state("voluntary_ctxt_switches"));
  return {
    async sampled() {
      for (const before = await slept(); (await slept()) < before + SLEEPS; ) await pause();
    },
    async end() {
      sampler.kill("SIGTERM");
      return (await printed).trimEnd().split("\n");
    },
  };
}

/** A line of /proc/PID/status (proc(5)). */
async function stateOf(pid: number, name: string): Promise<string> {
  return new RegExp(`^${name}:\\s*(\\w+)`, "m").exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
}

function catchesTerm(mask: string): boolean {
  return (BigInt(`0x${mask}`) & (1n << BigInt(constants.signals.SIGTERM - 1))) !== 0n;
}

/** Twenty octets there and back, on a connection that stays open. */
async function exchange(port: number): Promise<Socket> {
  const socket = createConnection({ port, host: HERE, localAddress: HERE });
  await once(socket, "connect");
  for (let round = 0; round < 20; round += 1) {
    socket.write("x");
    await once(socket, "data");
    await new Promise((resolve) => setTimeout(resolve, 10)); // so that there are moments to sample
  }
  return socket;
}

describe("the sampler", { skip: !MAY_CAPTURE && "it needs a packet socket" }, () => {
  it("finds connections that were there and those that come, each with its own numbers", async () => {
    await using server = createServer((socket) => socket.pipe(socket));
    await once(server.listen(0, HERE), "listening");
    const { port } = server.address() as { port: number };
    using open = new DisposableStack();
    const first = open.adopt(createConnection({ port, host: HERE, localAddress: HERE }), (one) => one.destroy());
    await once(first, "connect");
    const sampler = await begin("100000", "tcp", HERE);
    const second = open.adopt(await exchange(port), (one) => one.destroy());
    await sampler.sampled();
    const lines = await sampler.end();
    const ofServer = lines.map((line) => line.split(" ")).filter(([, near]) => Number(near) === port);
    const peers = Map.groupBy(ofServer, ([, , , far]) => Number(far));
    assert.deepEqual(new Set(peers.keys()), new Set([first.localPort, second.localPort]));
    const [, , peer, , state, cwnd, , , , resent, , , acked] = peers.get(second.localPort ?? 0)?.at(-1) ?? [];
    assert.deepEqual([peer, state, resent], [HERE, "0", "0"]);
    assert.ok(Number(cwnd) >= 10, `cwnd ${cwnd}`); // Linux's initial window, RFC 6928
    // of the 20 octets echoed; what acknowledges the last may be delayed (RFC 1122, 4.2.3.2)
    assert.ok(Number(acked) >= 19, `acknowledged ${acked}`);
  });

  it("says what waits in a queue only when that changes, and keeps to its bound", async () => {
    const sampler = await begin("3", "queues", "lo");
    await sampler.sampled();
    const lines = await sampler.end();
    assert.equal(lines.length, 1, lines.join("\n")); // loopback has no queue
    assert.match(lines[0] ?? "", /^\d+\.\d 0 0 0$/);
  });
});
