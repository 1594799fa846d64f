// From nothing to a testbed and back, as a person does it: up, look, change, use, down.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { LoadSecond } from "../../lib/contract/load/load.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { runTogether } from "../../topology/testbed/load-together.ts";
import { finished, printed, rttlab, start, topology, topologyJson } from "./cli.ts";
import { engine, execIn, leftovers } from "./engine.ts";

const SCENARIO = "wan-100ms";
const SMALL = "datacenter";

describe("a testbed", () => {
  before(() => topology("up", SCENARIO, "uncalibrated"));
  after(() => topology("down", SCENARIO));

  it("is up with every host and link healthy, each with its addresses", async () => {
    const status = await topologyJson("status", SCENARIO);
    assert.equal(status.scenario, SCENARIO);
    assert.deepEqual(
      status.hosts.map(({ name, role, health }) => [name, role, health]),
      [
        ["server", "server", "healthy"],
        ["load-a", "loadgen", "healthy"],
        ["load-b", "loadgen", "healthy"],
        ["rudp-sink", "rudp", "healthy"],
        ["rudp-a", "rudp", "healthy"],
      ],
    );
    assert.deepEqual(
      status.links.map(({ name, between }) => [name, between]),
      [
        ["wan-a", ["site-a", "servers"]],
        ["wan-b", ["site-b", "servers"]],
      ],
    );
    for (const { addresses } of status.hosts) assert.equal(Object.keys(addresses).length, 2);
    for (const { forward, backward } of status.links) {
      for (const { configured, measured } of [forward, backward]) {
        assert.equal(configured?.delayMillis, 50);
        assert.equal(configured?.rateBitsPerSecond, 50e6);
        assert.equal(measured, null, "an uncalibrated link has no measurement");
      }
    }
  });

  it("starts services whose types their images have stripped already", async () => {
    const besideTheFirst = ["--port", "8099", "--management-address", "127.0.0.1"];
    for (const [member, ...words] of [
      ["server"],
      ["server", "--structure", "prefork", ...besideTheFirst],
      ["load-a"],
      ["rudp-a"],
    ] as const) {
      const container = `rttlab-${SCENARIO}-${member}`;
      const { Config } = await engine.getContainer(container).inspect();
      const again = ["env", "NODE_DEBUG_NATIVE=COMPILE_CACHE", "timeout", "2", ...(Config.Cmd as string[]), ...words];
      const { output } = await execIn(container, ...again);
      assert.match(output, /accepted/);
      assert.doesNotMatch(output, /no transpile cache/, [member, ...words].join(" "));
    }
  });

  it("is left as it is by a second up", async () => {
    const again = await topologyJson("up", SCENARIO, "uncalibrated");
    assert.deepEqual(again.steps, []);
  });

  it("serves pages over the link by the server's name", async () => {
    const { stdout } = await topology(
      "exec",
      `${SCENARIO}/load-a`,
      "curl",
      "-sS",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      "http://server/",
    );
    assert.equal(stdout.trim(), "200");
  });

  it("gives exec's command its exit code and its words unchanged", async () => {
    assert.equal((await rttlab("topology", "exec", `${SCENARIO}/load-a`, "sh", "-c", "exit 7")).exitCode, 7);
    assert.equal(
      (await topology("exec", `${SCENARIO}/load-a`, "printf", "%s|", "a b", "$HOME", "'")).stdout,
      "a b|$HOME|'|",
    );
  });

  it("passes an interrupt on to exec's command, which ends as it chooses", async () => {
    const waits = "trap 'echo stopped; exit 3' INT; echo ready; while :; do sleep 0.1; done";
    const child = start(["bin/rttlab", "topology", "exec", `${SCENARIO}/load-a`, "sh", "-c", waits]);
    const ended = finished(child);
    await printed(child.stdout, /ready/);
    child.kill("SIGINT");
    const { exitCode, stdout } = await ended;
    assert.deepEqual([exitCode, stdout], [3, "ready\nstopped\n"]);
  });

  it("shows a host's log, where the service said that it is ready", async () => {
    const { stdout } = await topology("logs", `${SCENARIO}/server`);
    assert.match(stdout, /"event":"ready"/);
  });

  it("changes a running link in place with set, and up puts it back and says so", async () => {
    await topology("set", `${SCENARIO}/wan-a`, "delay=20ms", "rate=10mbit", "loss=1%");
    const changed = (await topologyJson("status", SCENARIO)).links.find(({ name }) => name === "wan-a");
    assert.equal(changed?.forward.configured?.delayMillis, 20);
    assert.equal(changed?.backward.configured?.rateBitsPerSecond, 10e6);
    assert.equal(changed?.forward.configured?.lossRatio, 0.01);

    const { output } = await execIn(`rttlab-${SCENARIO}-load-a`, "ping", "-c", "20", "-i", "0.05", "-q", "server");
    // the background load may queue before some, and a busy machine hold some up
    const leastMillis = Number(/= ([\d.]+)\//.exec(output)?.[1]);
    assert.ok(leastMillis > 40 && leastMillis < 45, `two times 20 ms and the base cost of the path: ${output}`);

    const back = await topologyJson("up", SCENARIO, "uncalibrated");
    assert.equal(back.steps.length, 1);
    assert.match(back.steps[0]?.because ?? "", /delay.*20ms.*50ms/s);
  });

  it("holds both of two changes at once to different settings of a link", async () => {
    for (const [delayMillis, lossPercent] of [
      [21, 1],
      [22, 2],
      [23, 3],
    ]) {
      await Promise.all([
        topology("set", `${SCENARIO}/wan-a`, `delay=${delayMillis}ms`),
        topology("set", `${SCENARIO}/wan-a`, `loss=${lossPercent}%`),
        topology("set", `${SCENARIO}/wan-a`, "forward", `rate=${delayMillis}mbit`),
      ]);
      const link = (await topologyJson("status", SCENARIO)).links.find(({ name }) => name === "wan-a");
      const { delayMillis: delay, lossRatio, rateBitsPerSecond } = link?.forward.configured ?? {};
      assert.deepEqual(
        [delay, lossRatio, rateBitsPerSecond],
        [delayMillis, Number(lossPercent) / 100, Number(delayMillis) * 1e6],
      );
    }
    await topology("up", SCENARIO, "uncalibrated");
  });

  it("loses everything while a link is down, carries again when it is up, and reset returns it to its scenario", async () => {
    const configured = async () => {
      const link = (await topologyJson("status", SCENARIO)).links.find(({ name }) => name === "wan-a");
      return [link?.forward.configured, link?.backward.configured];
    };
    const ping = () => execIn(`rttlab-${SCENARIO}-load-a`, "ping", "-c", "3", "-i", "0.2", "-W", "1", "server");
    const asInScenario = await configured();
    await topology("set", `${SCENARIO}/wan-a`, "delay=20ms", "backward", "down");
    assert.match((await ping()).output, / 0 received/);
    await topology("set", `${SCENARIO}/wan-a`, "up");
    assert.match((await ping()).output, / 3 received/);
    assert.equal((await configured())[0]?.delayMillis, 20);
    await topology("set", `${SCENARIO}/wan-a`, "reset");
    assert.deepEqual(await configured(), asInScenario);
  });

  it("refuses a setting out of range whole, and the link keeps what it had", async () => {
    const refused = await rttlab("topology", "set", `${SCENARIO}/wan-a`, "delay=30ms", "loss=120%", "colour=red");
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /E_BAD_SETTING/);
    assert.match(refused.stderr, /120%/);
    assert.match(refused.stderr, /colour/);
    const link = (await topologyJson("status", SCENARIO)).links.find(({ name }) => name === "wan-a");
    assert.equal(link?.forward.configured?.delayMillis, 50);
  });

  it("warns of a rate above what the link can carry, as plan does, and says every reason of a refusal", async () => {
    const { backend = "" } = (await topologyJson("status", SCENARIO)).links[0] ?? {};
    const { stderr } = await topology("set", `${SCENARIO}/wan-b`, "rate=300mbit");
    if (backend === "uml") assert.match(stderr, /^warning: .*wan-b forward: 300mbit is above 200mbit/m);
    const refused = await rttlab("topology", "set", `${SCENARIO}/wan-b`, "queue=100000packets", "loss=much");
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /loss=much: much cannot be read .*\[E_BAD_VALUE\]/);
    if (backend === "uml") assert.match(refused.stderr, /would hold \d+ full frames.*\[E_OUT_OF_RANGE\]/);
  });

  it("captures what comes into a link at both of its ends on one clock, and an interrupt leaves a whole file", async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "rttlab-"));
    context.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "wan-a.pcap");
    const child = start(["bin/rttlab", "topology", "capture", `${SCENARIO}/wan-a`, file, "icmp"]);
    const ended = finished(child);
    await printed(child.stderr, /capturing on/);
    await execIn(`rttlab-${SCENARIO}-load-a`, "ping", "-c", "3", "-i", "0.2", "-q", "server");
    child.kill("SIGINT");
    const { exitCode, stdout, stderr } = await ended;
    assert.equal(exitCode, 0, stderr);
    // A guest sends past what tcpdump watches (docs/link.md).
    const { backend } = (await topologyJson("status", SCENARIO)).links[0] ?? {};
    const seen = backend === "uml" ? 6 : 12;
    assert.match(stdout, new RegExp(` ${seen} packets .* ended by interrupt`));
    const [magic, , , , , linkType] = new Uint32Array((await readFile(file)).buffer.slice(0, 24));
    const LINUX_SLL2 = 276;
    assert.deepEqual([magic, linkType], [0xa1b23c4d, LINUX_SLL2]);
  });

  it("refuses a capture whole, with every problem, and writes no file", async (context) => {
    const folder = await mkdtemp(join(tmpdir(), "rttlab-"));
    context.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "none.pcap");
    const words = ["on=nowhere", "seconds=0", "no", "such", "filter"];
    const { exitCode, stderr } = await rttlab("topology", "capture", `${SCENARIO}/wan-a`, file, ...words);
    assert.equal(exitCode, 2);
    for (const part of [/E_BAD_CAPTURE/, /on: nowhere/, /seconds: 0/, /filter: /]) assert.match(stderr, part);
    await assert.rejects(readFile(file), /ENOENT/);
  });

  it("measures HTTP/1.0 and 1.1 with the load generator", async () => {
    const { stdout } = await topology(
      "exec",
      `${SCENARIO}/load-a`,
      "load",
      "http=1.1",
      "path=/files/10KiB",
      "users=1",
      "seconds=3",
    );
    assert.match(stdout, /completed/i);
  });

  it("makes one load with all generators of a scenario, and the result is one", async () => {
    const words = ["rate=40", "seconds=1", "path=/files/1KiB"];
    const { stdout } = await topology("exec", `${SCENARIO}/load`, "load", ...words, "json");
    const { offered, completed, latencies, generator, seconds } = JSON.parse(stdout);
    assert.deepEqual([offered, completed, latencies.total.count, generator.threads.length], [40, 40, 40, 2]);
    // The last arrivals may be late and fall into another second than they were due in.
    assert.equal(
      seconds.reduce((sum: number, second: LoadSecond) => sum + second.offered, 0),
      40,
    );
    const { stdout: table } = await topology("exec", `${SCENARIO}/load`, "load", "requests=4", "users=4");
    assert.match(table, /^completed +4 /m);
    assert.match(table, /^load-a +2 .*\nload-b +2 /m);
    const refused = await rttlab("topology", "exec", `${SCENARIO}/load`, "load", "rate=0", "path=x");
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /^E_BAD_LOAD:.*\n {2}path: .*\n {2}rate: /);
  });

  it("gives all generators of a load the same instant to begin at", async () => {
    const generators = ["load-a", "load-b"].map((name) => `rttlab-${SCENARIO}-${name}`);
    const settings = parseSettings({ target: "server:80", users: 2, requests: 4, rttMillis: 100 });
    const signal = AbortSignal.timeout(60_000);
    const { shares } = await runTogether(await connectDocker(), generators, settings, () => {}, signal);
    const [first, second] = shares.map((share) => share.settings.startEpochMillis);
    assert.equal(typeof first, "number");
    assert.equal(second, first);
  });
});

describe("down", () => {
  it("removes every container, network and volume of the scenario, and says what was there", async () => {
    await topology("up", SMALL, "uncalibrated");
    assert.notDeepEqual(await leftovers(SMALL), []);
    await topology("down", SMALL);
    assert.deepEqual(await leftovers(SMALL), []);
  });
});
