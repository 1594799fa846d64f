// Damage by people or the machine to a running testbed: networks lost, routes and offloads changed,
// programs stopped. `status` soon names each, `up` mends it, and nothing waits for ever on a silent
// part.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { patienceMillis } from "../../topology/apply/patience.ts";
import type { Step } from "../../topology/plan/step.ts";
import type { Status } from "../../topology/testbed/status.ts";
import { rttlab } from "./cli.ts";
import { engine, execIn, leftovers, pause } from "./engine.ts";
import { down, status, up } from "./testbed.ts";

const SCENARIO = "lost-test";
const FILE = `title: A link with a host at each end
networks: {left: {}, right: {}}
hosts:
  server: {role: server, on: right}
  load-a: {role: loadgen, on: left}
links:
  wan: {between: [left, right], rtt: 20ms, rate: 20mbit, loss: 1%}
`;
/** A foreign network. By its name Docker leaves the gateway to ours. */
const ASIDE = "zz-lost-test";
const named = (name: string) => `rttlab-${SCENARIO}-${name}`;
/**
 * `status` waits 5 s for a silent part, twice that and 3 s if an agent answers and its guest does
 * not; the rest is the command's own time.
 */
const soonMillis = () => patienceMillis(20_000);

let folder: string;
let file: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rttlab-"));
  file = join(folder, `${SCENARIO}.yaml`);
  await writeFile(file, FILE);
  await up(file);
});

after(async () => {
  await engine
    .getNetwork(ASIDE)
    .remove()
    .catch(() => {});
  await down(SCENARIO); // the last test took it down
  await rm(folder, { recursive: true });
});

const readStatus = () => status(SCENARIO);
const whole = { hosts: ["healthy", "healthy"], links: ["healthy"], faults: [] };
const inShort = ({ hosts, links, faults }: Status) => ({
  hosts: hosts.map(({ health }) => health),
  links: links.map(({ health }) => health),
  faults,
});

async function addressOn(container: string, network: string): Promise<string> {
  const { NetworkSettings } = await engine.getContainer(named(container)).inspect();
  return NetworkSettings.Networks[named(network)]?.IPAddress ?? "";
}

const disconnect = (container: string, network: string) =>
  engine.getNetwork(named(network)).disconnect({ Container: named(container) });

async function reconnect(container: string, network: string): Promise<void> {
  const IPv4Address = await addressOn(container, network);
  await disconnect(container, network);
  const EndpointConfig = { IPAMConfig: { IPv4Address } };
  const connected = engine.getNetwork(named(network)).connect({ Container: named(container), EndpointConfig });
  // it may fail to set its gateway, because the default route is ours
  await connected.catch(() => {});
}

/** Does something to a host's network namespace that the host itself may not. */
async function meddle(container: string, script: string): Promise<void> {
  const { Config } = await engine.getContainer(named("server")).inspect();
  const helper = await engine.createContainer({
    Image: Config.Image,
    User: "0",
    Cmd: ["sh", "-c", script],
    HostConfig: { NetworkMode: `container:${named(container)}`, CapAdd: ["NET_ADMIN"] },
  });
  await helper.start();
  const { StatusCode } = await helper.wait();
  await helper.remove();
  assert.equal(StatusCode, 0, script);
}

const signal = (container: string, name: string) => engine.getContainer(named(container)).kill({ signal: name });

const STOP_GUEST = `for process in /proc/[0-9]*; do
  grep -qz '^linux.uml' $process/cmdline 2>/dev/null && kill -STOP \${process#/proc/}
done; true`;

interface Harm {
  happens: string;
  harm: () => Promise<unknown>;
  name: string;
  health: string | RegExp;
  fault: RegExp;
  /** Why `up` makes it anew, if that is to be known by another way than silence. */
  because?: RegExp;
  /** The backend that can be damaged in this way. */
  only?: "uml";
}

const HARMS: Harm[] = [
  {
    happens: "a link is disconnected from a network",
    harm: () => disconnect("wan", "left"),
    name: "wan",
    health: "disconnected",
    fault: /no longer on rttlab-lost-test-left/,
  },
  {
    happens: "a link is disconnected and connected again as it was",
    harm: () => reconnect("wan", "left"),
    name: "wan",
    health: "disconnected",
    fault: /its interface on left was taken away/,
  },
  {
    happens: "a host is disconnected from its network",
    harm: () => disconnect("load-a", "left"),
    name: "load-a",
    health: "disconnected",
    fault: /no longer on rttlab-lost-test-left/,
  },
  {
    happens: "a host is disconnected from the management network",
    harm: () => disconnect("server", "mgmt"),
    name: "server",
    health: "disconnected",
    fault: /no longer on rttlab-lost-test-mgmt/,
  },
  {
    happens: "a host is disconnected and connected again as it was",
    harm: () => reconnect("server", "right"),
    // Docker may refuse the address, because its gateway is a route of ours.
    name: "server",
    health: /^(unwired|disconnected)$/,
    fault: /no interface|no longer on|route|offload/,
  },
  {
    happens: "a host is connected to a network beside its own",
    harm: async () => (await engine.createNetwork({ Name: ASIDE })).connect({ Container: named("load-a") }),
    name: "load-a",
    health: "disconnected",
    fault: /it is on zz-lost-test too, which is a way around/,
  },
  {
    happens: "a host loses its route",
    harm: async () => {
      const subnet = (await addressOn("server", "right")).replace(/\d+$/, "0/24");
      await meddle("load-a", `ip route del ${subnet}`);
    },
    name: "load-a",
    health: "unwired",
    fault: /route to .* did not take/,
  },
  {
    happens: "a host's offloads come back",
    harm: () => meddle("load-a", "cd /sys/class/net && for at in eth*; do ethtool -K $at tx on tso on; done"),
    name: "load-a",
    health: "unwired",
    fault: /could not be switched off/,
  },
  {
    happens: "a host's service is stopped",
    harm: () => signal("server", "SIGSTOP"),
    name: "server",
    health: "unreachable",
    fault: /its service is stopped/,
    because: /its service is stopped/,
  },
  {
    happens: "a host is paused",
    harm: () => pause(named("server")),
    name: "server",
    health: "paused",
    fault: /it is paused/,
  },
  {
    happens: "a link is paused",
    harm: () => pause(named("wan")),
    name: "wan",
    health: "paused",
    fault: /it is paused/,
  },
  {
    happens: "a link's agent is stopped",
    harm: () => signal("wan", "SIGSTOP"),
    name: "wan",
    health: "unreachable",
    fault: /its agent does not answer/,
    because: /its service is stopped/,
  },
  {
    happens: "a link's guest is stopped",
    harm: () => execIn(named("wan"), "sh", "-c", STOP_GUEST),
    name: "wan",
    health: "silent",
    fault: /nothing comes back through it/,
    only: "uml",
  },
];

describe("a testbed that somebody meddles with", { timeout: 900_000 }, () => {
  it("has nothing wrong before", async () => assert.deepEqual(inShort(await readStatus()), whole));

  for (const { happens, harm, name, health, fault, because, only } of HARMS) {
    it(`is seen and mended when ${happens}`, async (test) => {
      const { Config } = await engine.getContainer(named("wan")).inspect();
      if (only !== undefined && Config.Labels["rttlab.backend"] !== only) return test.skip(`not with ${only}`);
      let steps: readonly Step[] = [];
      try {
        await harm();
        const began = performance.now();
        const { hosts, links, faults } = await readStatus();
        assert.ok(performance.now() - began < soonMillis(), `${performance.now() - began} ms`);
        const rows = [...hosts, ...links];
        assert.deepEqual(
          rows.filter((row) => row.health !== "healthy"),
          rows.filter((row) => row.name === name),
        );
        const row = rows.find((one) => one.name === name);
        if (typeof health === "string") assert.equal(row?.health, health);
        else assert.match(row?.health ?? "", health);
        assert.deepEqual(
          faults.map((one) => one.name),
          [name],
        );
        assert.match(faults[0]?.fault ?? "", fault);
      } finally {
        steps = (await up(file)).steps; // also for the next
      }
      const anew = steps.find(({ id }) => id === `create-container ${named(name)}`);
      if (because !== undefined) assert.match(anew?.because ?? "it was left", because);
      assert.deepEqual(inShort(await readStatus()), whole);
      const page = await execIn(named("load-a"), "curl", "-sSf", "-m", "10", "-o", "/dev/null", "http://server/");
      assert.equal(page.exitCode, 0, page.output);
    });
  }

  it("is measured by an up after its link was disconnected, which does not hang", async () => {
    await disconnect("wan", "right");
    const { exitCode, stderr } = await rttlab("topology", "up", file, "idle");
    assert.ok(exitCode === 0 || exitCode === 4, stderr);
    assert.deepEqual(inShort(await readStatus()), whole);
  });

  it("has commands refused that need a link which is paused", async () => {
    const wan = engine.getContainer(named("wan"));
    await pause(named("wan"));
    try {
      for (const words of [
        ["calibrate", SCENARIO],
        ["set", `${SCENARIO}/wan`, "delay=5ms"],
      ]) {
        const { exitCode, stderr } = await rttlab("topology", ...words);
        assert.equal(exitCode, 1);
        assert.match(stderr, /E_NOT_RUNNING/);
      }
    } finally {
      await wan.unpause();
    }
  });

  it("has a container of somebody else on its network named, and goes down all the same", async () => {
    const { Config } = await engine.getContainer(named("server")).inspect();
    const stranger = await engine.createContainer({
      Image: Config.Image,
      Cmd: ["sleep", "600"],
      name: "stranger-of-lost-test",
      HostConfig: { NetworkMode: named("left") },
    });
    try {
      await stranger.start();
      assert.deepEqual((await readStatus()).faults, [
        { name: named("left"), fault: "stranger-of-lost-test, which is not ours, is on it" },
      ]);
      await down(SCENARIO);
      assert.deepEqual(await leftovers(SCENARIO), []);
    } finally {
      await stranger.remove({ force: true });
    }
  });
});
