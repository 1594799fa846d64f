// Subnets beside the routes of a VPN, and of two scenarios at once, until all are taken down. The
// route here covers a part of 10/8 that hardly anybody uses, so that the machine keeps its networks
// while the test runs; only root may add it.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { runBounded } from "./child.ts";
import { rttlab, topology, topologyJson } from "./cli.ts";
import { engine, leftovers } from "./engine.ts";

const VPN = "rttlab-vpn";
const ip = (...words: string[]) => runBounded("ip", words);

describe("beside a VPN's route for 10.200.0.0/15", {
  skip: process.getuid?.() === 0 ? false : "only root adds routes",
}, () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-subnets-"));
    await ip("link", "add", VPN, "type", "bridge");
    await ip("link", "set", VPN, "up");
    await ip("route", "add", "10.200.0.0/15", "dev", VPN);
  });
  after(async () => {
    await rttlab("topology", "down", "tunnelled");
    await ip("link", "del", VPN);
    await rm(folder, { recursive: true });
  });

  async function fileWith(...lines: string[]): Promise<string> {
    const file = join(folder, "tunnelled.yaml");
    await writeFile(
      file,
      ["title: Beside a VPN", ...lines, "hosts: {server: {role: server, on: here}}", ""].join("\n"),
    );
    return file;
  }

  async function subnetsOf(scenario: string): Promise<Record<string, string>> {
    const networks = await engine.listNetworks({ filters: { label: [`rttlab.scenario=${scenario}`] } });
    return Object.fromEntries(networks.map(({ Labels, IPAM }) => [Labels?.["rttlab.name"], IPAM?.Config?.[0]?.Subnet]));
  }

  it("a testbed comes up outside of it", async () => {
    await topology("up", await fileWith("networks: {here: {}}"), "uncalibrated");
    assert.deepEqual(await subnetsOf("tunnelled"), { mgmt: "198.18.0.0/24", here: "198.18.1.0/24" });
    await topology("down", "tunnelled");
  });

  it("subnets within it are given to those who ask, the management network too, with a warning", async () => {
    const file = await fileWith("networks: {here: {subnet: 10.201.9.0/24}}", "mgmt: {subnet: 10.201.8.0/24}");
    const { warnings } = await topologyJson("up", file, "uncalibrated");
    assert.deepEqual(await subnetsOf("tunnelled"), { mgmt: "10.201.8.0/24", here: "10.201.9.0/24" });
    assert.match(warnings.join(), /here: 10\.201\.9\.0\/24 is within 10\.200\.0\.0\/15/);
    await topology("exec", "tunnelled/server", "curl", "-sSf", "-o", "/dev/null", "http://server/");
    await topology("down", file);
  });

  it("a subnet that the machine routes as narrowly itself is refused", async () => {
    await ip("route", "add", "10.201.9.128/25", "dev", VPN);
    const { exitCode, stderr } = await rttlab(
      "topology",
      "up",
      await fileWith("networks: {here: {subnet: 10.201.9.0/24}}"),
    );
    assert.equal(exitCode, 1);
    assert.match(stderr, /E_SUBNET_CLASH.*networks\.here\.subnet: 10\.201\.9\.0\/24 overlaps 10\.201\.9\.128\/25/s);
  });
});

describe("down", () => {
  it("all removes every scenario, two that were up at once on subnets of their own", async () => {
    await topology("up", "lan", "uncalibrated");
    await topology("up", "two-hops", "uncalibrated");
    const [lan, other] = [await subnets("lan"), await subnets("two-hops")];
    assert.ok(lan.size > 0 && other.size > 0);
    assert.ok(lan.isDisjointFrom(other));
    await topology("exec", "lan/load-a", "curl", "-sSf", "-o", "/dev/null", "http://server/");
    await topology("exec", "two-hops/load-a", "curl", "-sSf", "-o", "/dev/null", "http://server/");
    await topology("down", "all");
    assert.deepEqual([await leftovers("lan"), await leftovers("two-hops")], [[], []]);
  });
});

async function subnets(scenario: string): Promise<Set<string>> {
  const { hosts } = await topologyJson("status", scenario);
  const addresses = hosts.flatMap(({ addresses }) => Object.values(addresses));
  return new Set(addresses.map((address) => address.slice(0, address.lastIndexOf("."))));
}
