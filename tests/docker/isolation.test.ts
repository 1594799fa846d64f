// No path around a link, nothing served over the management network except metrics, and no more
// rights than needed, as seen from inside running hosts.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { listen, TO_MANY, tryAll } from "./around.ts";
import { topology, topologyJson } from "./cli.ts";
import { engine, execIn } from "./engine.ts";
import { watchFrames } from "./frames.ts";

const SCENARIO = "wan-20ms";
const HOSTS = ["server", "load-a", "load-b", "rudp-sink", "rudp-a"];

const OFFLOADS = [
  "tcp-segmentation-offload",
  "generic-segmentation-offload",
  "generic-receive-offload",
  "tx-checksumming",
  "rx-checksumming",
];

interface Host {
  name: string;
  container: string;
  addresses: Record<string, string>;
}

describe("a running testbed", () => {
  let hosts: Host[];
  let links: Host[];
  const host = (name: string) => hosts.find((candidate) => candidate.name === name) as Host;
  const dataAddress = ({ addresses }: Host) =>
    Object.entries(addresses).find(([name]) => name !== "mgmt")?.[1] as string;

  before(async () => {
    await topology("up", SCENARIO, "uncalibrated");
    ({ hosts, links } = await topologyJson("status", SCENARIO));
    links = links.map((link) => ({ ...link, container: `rttlab-${SCENARIO}-${link.name}` }));
  });
  after(() => topology("down", SCENARIO));

  it("resolves every host's name to its data address in every host", async () => {
    for (const from of HOSTS) {
      for (const to of HOSTS) {
        const { output } = await execIn(host(from).container, "getent", "ahostsv4", to);
        const resolved = new Set(
          output
            .split("\n")
            .filter(Boolean)
            .map((line) => line.split(/\s+/)[0]),
        );
        assert.deepEqual([...resolved], [dataAddress(host(to))], `${to} seen from ${from}`);
      }
    }
  });

  it("answers HTTP on the server's data address and not on its management address", async () => {
    const { addresses, container } = host("server");
    const curl = (from: string, url: string, seconds = 3) =>
      execIn(
        host(from).container,
        "curl",
        "-sS",
        "--max-time",
        `${seconds}`,
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        url,
      );
    assert.equal((await curl("load-a", `http://${dataAddress(host("server"))}/`, 30)).output, "200");
    assert.notEqual((await curl("load-a", `http://${addresses.mgmt}/`)).exitCode, 0);
    const { output } = await execIn(container, "ss", "-Hltn");
    const listeners = output
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/)[3]);
    const foreign = listeners.filter((listener) => !listener?.startsWith("127.0.0.11:")); // Docker's resolver
    assert.deepEqual(foreign.sort(), [`${addresses.mgmt}:9100`, `${dataAddress(host("server"))}:80`].sort());
  });

  it("serves metrics on the management address only", async () => {
    for (const { container, addresses, ...target } of hosts) {
      const get = (address: string, seconds = 3) =>
        execIn(container, "curl", "-sS", "--max-time", `${seconds}`, `http://${address}:9100/metrics`);
      assert.match((await get(addresses.mgmt as string, 30)).output, /^# (HELP|TYPE) /m, target.name);
      assert.notEqual((await get(dataAddress({ container, addresses, ...target }))).exitCode, 0, target.name);
    }
  });

  it("has no path between sites but through a link: the route of every other subnet is a link's leg", async () => {
    for (const { container, addresses } of hosts) {
      const { output } = await execIn(container, "ip", "-4", "-j", "route", "show");
      const routes = JSON.parse(output) as { dst: string; gateway?: string; type?: string }[];
      assert.ok(!routes.some(({ dst, gateway }) => dst === "default" && gateway !== undefined), "no default route out");
      const own = Object.values(addresses).map((address) => address.replace(/\.\d+$/, ".0/24"));
      for (const { dst, gateway } of routes.filter(({ gateway }) => gateway !== undefined)) {
        assert.ok(!own.includes(dst), `${dst} is local`);
        assert.ok(
          gateway?.startsWith(dataAddress({ addresses } as Host).replace(/\.\d+$/, ".")),
          `${dst} via ${gateway}`,
        );
      }
    }
  });

  it("cannot reach the machine, its gateways, or anything outside", async () => {
    for (const { container, addresses } of hosts) {
      const gateways = Object.values(addresses).map((address) => address.replace(/\.\d+$/, ".1"));
      for (const target of [...gateways, "192.0.2.1"]) {
        const { exitCode } = await execIn(container, "ping", "-c", "1", "-W", "1", target);
        assert.notEqual(exitCode, 0, `${target} answered ${container}`);
      }
    }
  });

  it("does not forward what arrives at a link from the management network", async () => {
    const server = dataAddress(host("server"));
    const { Image } = await engine.getContainer(host("server").container).inspect();
    for (const { addresses } of links) {
      const { exitCode, output } = await runOnManagement(Image, addresses.mgmt as string, server);
      assert.match(output, /1 packets transmitted/, "the route was set and the ping sent");
      assert.notEqual(exitCode, 0, `${server} answered through ${addresses.mgmt}`);
    }
  });

  it("resolves no name of a host, link or watcher to anything but data addresses", async () => {
    const containers = await engine.listContainers({ filters: { label: [`rttlab.scenario=${SCENARIO}`] } });
    const names = containers.flatMap(({ Id, Names, Labels }) => {
      const all = [Id, Id.slice(0, 12), ...Names.map((name) => name.slice(1)), Labels["rttlab.name"] as string];
      return all.flatMap((name) => [name, `${name}.rttlab-${SCENARIO}-mgmt`]);
    });
    const data = new Set(hosts.map(dataAddress));
    for (const { container } of hosts) {
      const { output, exitCode } = await execIn(container, "node", "-e", RESOLVE, ...names);
      assert.equal(exitCode, 0, output);
      const answers = JSON.parse(output) as [name: string, address: string][];
      assert.deepEqual(
        answers.filter(([, address]) => !data.has(address)),
        [],
        `seen from ${container}`,
      );
      assert.ok(answers.length >= hosts.length, "the hosts' own names are known");
    }
  });

  it("lets no host or link reach another over the management network, from any source or interface, by any protocol", async () => {
    const devices = await Promise.all(
      [...hosts, ...links].map(async (member) => {
        const mgmt = member.addresses.mgmt as string;
        const device = await deviceOf(member.container, mgmt);
        const { output } = await execIn(member.container, "cat", `/sys/class/net/${device}/address`);
        return {
          member,
          mgmt,
          device,
          hardware: output.trim(),
          own: hosts.includes(member) ? [dataAddress(member)] : [],
        };
      }),
    );
    const image = (await engine.getContainer(host("server").container).inspect()).Config.Image;
    const everybody = await Promise.all(
      devices.map(async (one) => {
        const rest = devices.filter((other) => other !== one);
        const hardware = rest.map((other) => other.hardware);
        const { container } = one.member;
        const frames = await watchFrames({ container, device: one.device, image, scenario: SCENARIO }, hardware);
        return { ...one, rest, frames, receiver: await listen(one.member.container, one.mgmt) };
      }),
    );
    const toMany = [(host("server").addresses.mgmt as string).replace(/\.\d+$/, ".255"), ...TO_MANY];
    const tried = await Promise.all(
      everybody.map(async ({ member, mgmt, device, own, rest, frames }) => {
        const { container } = member;
        const targets = rest.map((other) => other.mgmt);
        const answers = await tryAll(container, ["", device], [mgmt, ...own], targets);
        await tryAll(container, ["", device], [mgmt], toMany);
        // By their routes these would rightly go over data networks.
        const data = own.length > 0 ? rest.flatMap((other) => other.own) : [];
        const overData = await tryAll(container, [device], [mgmt, ...own], [...data, ...toMany]);
        await frames.send();
        answers.push(...overData.filter((answer) => answer.endsWith(" bound")));
        return answers;
      }),
    );
    const [server, sink] = [host("server"), host("rudp-sink")].map(dataAddress) as [string, string];
    await tryAll(host("server").container, [""], [server], [sink]);
    const found = await Promise.all(
      everybody.map(async ({ member, mgmt, own, frames, receiver }, at) => {
        const all = await receiver.heard();
        const isItsOwn = (line: string) => [mgmt, ...own].some((from) => line.includes(` from ${from} `));
        // A kernel gives what is sent to many to its own sockets too, if it sends it at all.
        for (const many of toMany) assert.ok(all.includes(`udp from ${mgmt} to ${many}`), `${member.name} to ${many}`);
        const heard = all.filter((line) => !isItsOwn(line));
        return { name: member.name, answered: tried[at], heard, frames: await frames.seen() };
      }),
    );
    const overData = [`tcp from ${server}`, `udp from ${server} to ${sink}`];
    const nothing = everybody.map(({ member: { name } }) => {
      return { name, answered: [], heard: name === "rudp-sink" ? overData : [], frames: [] };
    });
    assert.deepEqual(found, nothing);
  });

  it("has no IPv6 in any of its containers, so no link-local way either", async () => {
    const containers = await engine.listContainers({ filters: { label: [`rttlab.scenario=${SCENARIO}`] } });
    for (const { Id, Names } of containers) {
      assert.equal((await execIn(Id, "cat", "/proc/net/if_inet6")).output, "", Names.join());
    }
  });

  it("runs workloads as a normal user without capabilities, on a read-only root, unable to gain rights", async () => {
    for (const { container } of hosts) {
      assert.notEqual((await execIn(container, "id", "-u")).output.trim(), "0");
      const { output } = await execIn(container, "cat", "/proc/1/status");
      for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
        assert.match(output, new RegExp(`^${set}:\\s+0+$`, "m"), `${container} ${set}`);
      }
      assert.match(output, /^NoNewPrivs:\s+1$/m);
      assert.match(output, /^Seccomp:\s+2$/m);
      assert.notEqual((await execIn(container, "touch", "/written")).exitCode, 0);
      const { HostConfig } = await engine.getContainer(container).inspect();
      assert.ok((HostConfig.PidsLimit ?? 0) > 0 && (HostConfig.Memory ?? 0) > 0);
      assert.equal(HostConfig.Privileged, false);
    }
  });

  it("publishes no port but on 127.0.0.1", async () => {
    const containers = await engine.listContainers({ filters: { label: [`rttlab.scenario=${SCENARIO}`] } });
    for (const { Ports, Names } of containers) {
      for (const { IP, PublicPort } of Ports) if (PublicPort !== undefined) assert.equal(IP, "127.0.0.1", Names.join());
    }
  });

  it("has offloads off on every data interface", async () => {
    for (const { container, ...rest } of hosts) {
      const address = dataAddress({ container, ...rest });
      const { output } = await execIn(container, "ethtool", "-k", await deviceOf(container, address));
      for (const feature of OFFLOADS) {
        assert.match(output, new RegExp(`^${feature}: off`, "m"), `${container} ${feature}`);
      }
    }
  });
});

/** Every address that each name has by the system's way, which is how programs ask. */
const RESOLVE = `const { lookup } = require("node:dns/promises");
const ask = async (name) => (await lookup(name, { all: true }).catch(() => [])).map(({ address }) => [name, address]);
Promise.all(process.argv.slice(1).map(ask)).then((answers) => console.log(JSON.stringify(answers.flat())));`;

async function deviceOf(container: string, address: string): Promise<string> {
  const { output } = await execIn(container, "ip", "-4", "-j", "address", "show", "to", address);
  return (JSON.parse(output) as { ifname: string }[])[0]?.ifname ?? "";
}

/**
 * Pings `target` from a container that may set routes and has one to it through `via`, a link's
 * address on mgmt.
 */
async function runOnManagement(
  image: string,
  via: string,
  target: string,
): Promise<{ exitCode: number; output: string }> {
  const container = await engine.createContainer({
    Image: image,
    User: "0",
    Cmd: ["sh", "-c", 'ip route add "$2/32" via "$1" && ping -c 1 -W 1 "$2"', "sh", via, target],
    Labels: { "rttlab.scenario": SCENARIO, "rttlab.role": "probe" },
    HostConfig: { NetworkMode: `rttlab-${SCENARIO}-mgmt`, CapDrop: ["ALL"], CapAdd: ["NET_ADMIN"] },
  });
  try {
    await container.start();
    const { StatusCode } = await container.wait();
    const log = await container.logs({ stdout: true, stderr: true });
    return { exitCode: StatusCode, output: log.toString("utf8") };
  } finally {
    await container.remove({ force: true });
  }
}
