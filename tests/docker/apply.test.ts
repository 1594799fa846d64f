// topology/apply against a real engine: a host made from specs, seen from inside; commands and
// requests in it; its log; and what is observed of it.

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { PassThrough, Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { findBackend } from "../../topology/apply/backend.ts";
import { createContainer, removeContainer, runContainer } from "../../topology/apply/container.ts";
import type { Engine } from "../../topology/apply/docker.ts";
import { execute } from "../../topology/apply/exec.ts";
import { logLines } from "../../topology/apply/logs.ts";
import { createNetwork, removeNetwork } from "../../topology/apply/network.ts";
import { observe, observeScenario, observeTestbeds } from "../../topology/apply/observe.ts";
import { openRelays } from "../../topology/apply/relay.ts";
import { type RequestOptions, sendRequest } from "../../topology/apply/request.ts";
import type { Terminal } from "../../topology/apply/terminal-size.ts";
import { wireHost } from "../../topology/apply/wiring.ts";
import { bringUp, clean, DATA, HOST, inHost, MGMT, network, other, ROOT, wiring } from "./apply-host.ts";
import { pause } from "./engine.ts";

const patienceOf = (seconds: number) => ({
  patience: { withinMillis: 1000 * seconds },
  noAnswer: { code: "E_NO_ANSWER", message: new RegExp(`no answer within ${seconds} s`) },
});
/** For a service that is stopped already, and for one that has to begin its answer first. */
const [SHORT, LONG] = [patienceOf(1), patienceOf(5)];

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes of buffers that are still in use. */
function keptBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

describe("a host made from specs", { timeout: 300_000 }, () => {
  let engine: Engine;
  let image = "";

  before(async () => {
    ({ engine, image } = await bringUp());
  });
  after(() => clean(engine));

  it("a host runs as a user without capabilities, on a root that it cannot write, with limits", async () => {
    const status = await inHost(engine, "cat /proc/self/status");
    assert.match(status, /^Uid:\s+1000\s/m);
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
      assert.match(status, new RegExp(`^${set}:\\s+0+$`, "m"), set);
    }
    assert.match(status, /^NoNewPrivs:\s+1$/m);
    assert.match(await inHost(engine, "touch /probe 2>&1 || true"), /Read-only file system/);
    const { HostConfig } = await engine.docker.getContainer(HOST).inspect();
    assert.deepEqual([HostConfig.Memory, HostConfig.MemorySwap, HostConfig.PidsLimit], [2 ** 27, 2 ** 27, 64]);
    assert.equal(HostConfig.Privileged, false);
  });

  it("a host reaches the testbed's networks only: its default route and the gateways lead nowhere", async () => {
    const routes = await inHost(engine, "ip route");
    assert.match(routes, /^unreachable default/m);
    assert.doesNotMatch(routes, /^default/m);
    assert.match(routes, /^blackhole 198\.18\.77\.1/m);
    assert.match(routes, /^198\.18\.79\.0\/24 via 198\.18\.77\.2 .*congctl cubic/m);
    assert.match(await inHost(engine, "ping -c 1 -W 1 192.0.2.1 2>&1 || true"), /No route to host/);
    assert.match(await inHost(engine, "ping -c 1 -W 1 198.18.77.1 2>&1 || true"), /Invalid argument|100% packet loss/);
  });

  it("ping works without capabilities", async () => {
    assert.match(await inHost(engine, "ping -c 1 -W 1 198.18.77.10"), / 0% packet loss/);
  });

  it("offloads of the data interface are off", async () => {
    const features = await inHost(
      engine,
      "ethtool -k $(ip -4 -o address show | grep -F 198.18.77.10/ | cut -d ' ' -f 2) 2>/dev/null",
    );
    for (const offload of ["tcp-segmentation-offload", "generic-segmentation-offload", "generic-receive-offload"]) {
      assert.match(features, new RegExp(`^${offload}: off`, "m"), offload);
    }
  });

  it("wiring may be repeated, and its helper stays behind, exited, with NET_ADMIN only", async () => {
    await wireHost(engine, wiring(image));
    const { State, HostConfig } = await engine.docker.getContainer(wiring(image).name).inspect();
    assert.deepEqual([State.Status, State.ExitCode], ["exited", 0]);
    assert.deepEqual(HostConfig.CapAdd, ["NET_ADMIN"]);
    assert.deepEqual(HostConfig.CapDrop, ["ALL"]);
  });

  it("wiring an address that the host has not fails and says so", async () => {
    const wrong = { ...wiring(image), dataAddresses: ["198.18.77.99"] };
    await assert.rejects(wireHost(engine, wrong), {
      code: "E_WIRING",
      message: /no interface has the address 198\.18\.77\.99/,
    });
    await wireHost(engine, wiring(image));
  });

  it("a command gets its input and gives its output, its errors and its exit status, each apart", async () => {
    const [output, errors] = [new PassThrough(), new PassThrough()];
    const input = Readable.from(["first\n", "second\n"]);
    const status = await execute(engine, HOST, ["sh", "-c", "cat; echo oh >&2; exit 3"], { input, output, errors });
    output.end();
    errors.end();
    assert.deepEqual([status, await text(output), await text(errors)], [3, "first\nsecond\n", "oh\n"]);
  });

  it("a command has a terminal of the size that is asked for, and of each that it changes to", async () => {
    const output = new PassThrough().setEncoding("utf8");
    const terminal = Object.assign(new EventEmitter(), { columns: 97, rows: 31 });
    const report =
      "until [ \"$(stty size)\" = '31 97' ]; do :; done; trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.1; done";
    let seen = "";
    output.on("data", (chunk: string) => {
      const wasReady = seen.includes("ready");
      seen += chunk;
      if (!wasReady && seen.includes("ready")) Object.assign(terminal, { columns: 100, rows: 40 }).emit("resize");
    });
    assert.equal(
      await execute(engine, HOST, ["sh", "-c", report], { output, terminal: terminal as unknown as Terminal }),
      0,
    );
    assert.match(seen, /ready\s+40 100/);
  });

  it("a slow reader holds the command up, and nothing is kept for it here", async () => {
    let taken = 0;
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        taken += chunk.length;
        setTimeout(done, 1);
      },
    });
    const before = keptBytes();
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, keptBytes() - before);
    }, 100);
    await execute(engine, HOST, ["sh", "-c", "timeout 2 cat /dev/zero"], { output });
    clearInterval(watching);
    assert.ok(taken > 1e6, `${taken} bytes came through`);
    // The buffers of two streams hold some hundred kilobytes. Without back pressure it would be the
    // output of up to two seconds, more than a gigabyte.
    assert.ok(most < 8e6, `${most} bytes were held`);
  });

  it("a request is answered by the service", async () => {
    assert.deepEqual(await sendRequest(engine, HOST, { op: "status" }), { answer: 42 });
  });

  it("a request is cancelled by its signal, and what the service answers is still had", async () => {
    const cancel = new AbortController();
    const onEvent = ({ event }: { event: string }) => event === "waiting" && cancel.abort();
    const done = await sendRequest(engine, HOST, { op: "wait" }, { signal: cancel.signal, onEvent });
    assert.deepEqual(done, { cancelled: true });
  });

  it("a request is given up when the service is stopped, before it answers or after it was cancelled", async () => {
    const container = engine.docker.getContainer(HOST);
    const cancel = new AbortController();
    const { promise: waits, resolve } = Promise.withResolvers<void>();
    const options = { ...LONG.patience, signal: cancel.signal, onEvent: () => resolve() };
    const waiting = sendRequest(engine, HOST, { op: "wait" }, options);
    const refused = assert.rejects(waiting, LONG.noAnswer);
    await Promise.race([waits, refused]);
    await container.kill({ signal: "SIGSTOP" });
    try {
      await assert.rejects(sendRequest(engine, HOST, { op: "status" }, SHORT.patience), SHORT.noAnswer);
      cancel.abort();
      await refused;
    } finally {
      await container.kill({ signal: "SIGCONT" });
    }
    assert.deepEqual(await sendRequest(engine, HOST, { op: "status" }), { answer: 42 });
  });

  it("requests through one exec are answered, cancelled and given up as those of their own are", async () => {
    const container = engine.docker.getContainer(HOST);
    await using relays = openRelays(engine);
    // The operations of this host's service are not in the contract.
    const ask = (op: string, options: RequestOptions<never>) =>
      relays.request(HOST, op as "server.status", {}, options);
    const cancelled = async (whenItWaits: () => Promise<unknown>) => {
      const cancel = new AbortController();
      const { promise: waits, resolve } = Promise.withResolvers<void>();
      const waiting = ask("wait", { ...LONG.patience, signal: cancel.signal, onEvent: () => resolve() });
      waiting.catch(() => {});
      await Promise.race([waits, waiting]);
      await whenItWaits();
      cancel.abort();
      return waiting;
    };
    assert.deepEqual(await ask("status", {}), { answer: 42 });
    assert.deepEqual(await cancelled(async () => {}), { cancelled: true });
    try {
      await assert.rejects(
        cancelled(() => container.kill({ signal: "SIGSTOP" })),
        LONG.noAnswer,
      );
      await assert.rejects(ask("status", SHORT.patience), SHORT.noAnswer);
    } finally {
      await container.kill({ signal: "SIGCONT" });
    }
    assert.deepEqual(await ask("status", {}), { answer: 42 });
  });

  it("a command that was started is given up when its container is paused", async () => {
    const container = engine.docker.getContainer(HOST);
    const started = new PassThrough();
    const gone = new AbortController();
    const command = ["sh", "-c", "echo started; sleep 600"];
    const refused = assert.rejects(
      execute(engine, HOST, command, { output: started, signal: gone.signal }),
      /given up/,
    );
    await once(started, "data");
    await pause(HOST);
    gone.abort(new Error("given up"));
    await refused.finally(() => container.unpause());
    await inHost(
      engine,
      "for at in /proc/[0-9]*; do grep -qz '^600' $at/cmdline && kill \"$(basename $at)\"; done; true",
    );
  });

  it("an op that the service does not know is unsupported", async () => {
    await assert.rejects(sendRequest(engine, HOST, { op: "fly" }), { code: "E_UNSUPPORTED" });
  });

  it("the log is had as lines", async () => {
    assert.deepEqual(await Array.fromAsync(logLines(engine, HOST)), ["not JSON", '{"event":"ready"}']);
    assert.deepEqual(await Array.fromAsync(logLines(engine, HOST, { tail: 1 })), ['{"event":"ready"}']);
  });

  it("a link backend is found alike by a trial on this machine and by one in a container", async () => {
    const here = await findBackend(engine, ROOT);
    // An engine of another kernel cannot be tried on this machine.
    const there = await findBackend({ ...engine, kernelRelease: "another" }, ROOT);
    assert.equal(there.backend, here.backend);
    assert.match(there.because, /tried in a container of rttlab\//);
  });

  it("what exists is found by label, with its addresses, and is not foreign", async () => {
    const { backend } = await findBackend(engine, ROOT);
    const own = await observeScenario(engine, "apply-test", { root: ROOT, backend });
    const observed = await observe(engine, own, { candidatePorts: [9] });
    const container = observed.containers.find(({ name }) => name === HOST);
    assert.equal(container?.state, "running");
    assert.deepEqual(container?.addresses, { [DATA]: "198.18.77.10", [MGMT]: "198.18.78.10" });
    assert.ok((container?.startedAtMillis ?? 0) > 0);
    const record = observed.containers.find(({ name }) => name === wiring(image).name);
    assert.deepEqual([record?.state, record?.exitCode], ["exited", 0]);
    assert.equal(observed.networks.find(({ name }) => name === DATA)?.subnet, "198.18.77.0/24");
    assert.ok(!observed.foreignSubnets.includes("198.18.77.0/24"), "our own subnet is not foreign");
    assert.ok(observed.foreignSubnets.length > 0, "Docker's own bridge is");
    assert.ok(observed.imagesPresent.includes(observed.imageTags.host));
  });

  it("removing what is not there is well, and a network goes with what is still on it", async () => {
    await removeContainer(engine, "rttlab-apply-test-none");
    await removeNetwork(engine, "rttlab-apply-test-none");
    await createNetwork(engine, network("rttlab-apply-test-other", "198.18.91"));
    const left = other(image, { attachments: [{ network: "rttlab-apply-test-other", address: "198.18.91.5" }] });
    await runContainer(engine, left);
    await removeNetwork(engine, "rttlab-apply-test-other");
    await removeContainer(engine, left.name);
    const { networks } = await observeTestbeds(engine);
    assert.ok(!networks.some(({ name }) => name === "rttlab-apply-test-other"));
  });

  it("containers made and removed at once are put on their networks and taken off them one after another", async () => {
    const since = Date.now() / 1000;
    const specs = [31, 32, 33, 34].map((address) => {
      const attachments = [
        { network: DATA, address: `198.18.77.${address}` },
        { network: MGMT, address: `198.18.78.${address}` },
      ];
      return other(image, { name: `${HOST}-${address}`, attachments });
    });
    await Promise.all(specs.map((spec) => createContainer(engine, spec)));
    await Promise.all(specs.map(({ name }) => removeContainer(engine, name)));

    const filters = JSON.stringify({ type: ["network", "container"], event: ["connect", "kill", "disconnect"] });
    const events = await engine.docker.getEvents({ filters, since, until: Date.now() / 1000 });
    const turns = (await text(events))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { Action: string; Actor: { ID: string; Attributes: { container?: string } } })
      .map(({ Action, Actor: { ID, Attributes } }) => [Action === "connect" ? "on" : "off", Attributes.container ?? ID])
      .map((words) => words.join(" "))
      .filter((turn, index, all) => turn !== all[index - 1]);
    assert.equal(turns.length, new Set(turns).size, `one begins before another is done: ${turns.join(", ")}`);
    assert.equal(turns.length, 2 * specs.length);
  });
});
