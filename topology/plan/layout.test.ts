import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeError, type RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "../model/scenario.ts";
import type { Topology } from "../model/topology.ts";
import { readScenario } from "../scenarios/read-scenario.ts";
import type { Observed } from "./observed.ts";
import { planUp } from "./plan.ts";
import { NOTHING, upped } from "./simulation.ts";
import type { NetworkSpec, Step } from "./step.ts";

const WAN = await readScenario("wan-100ms");
const TWO_HOPS = await readScenario("two-hops");

const linesOf = (steps: readonly Step[]) => steps.map(({ id, because }) => `${id}: ${because}`);

function errorOf(work: () => unknown): RttlabError {
  try {
    work();
  } catch (error) {
    return error as RttlabError;
  }
  throw new Error("nothing was thrown");
}

function networksOf(topology: Topology, observed: Observed): Record<string, NetworkSpec> {
  const specs = planUp(topology, observed).steps.flatMap(({ action }) =>
    action.op === "create-network" ? [action.network] : [],
  );
  return Object.fromEntries(specs.map((spec) => [spec.labels["rttlab.name"], spec]));
}

describe("subnets", () => {
  const asking = (subnet: string) => ({ ...WAN, networks: [{ name: "servers", subnet }, ...WAN.networks.slice(1)] });

  it("are the first free ones, apart from what this machine and other scenarios use", () => {
    const other = upped(TWO_HOPS, {
      ...NOTHING,
      foreignSubnets: ["10.200.0.0/22"],
      machineSubnets: ["10.200.5.7/32"],
    });
    assert.deepEqual(
      other.networks.map(({ subnet }) => subnet),
      ["10.200.4.0/24", "10.200.6.0/24", "10.200.7.0/24", "10.200.8.0/24"],
    );
    assert.equal(networksOf(WAN, other).mgmt?.subnet, "10.200.9.0/24");
  });

  it("asked for are given, and chosen ones keep away from them", () => {
    const { servers, mgmt } = networksOf(asking("10.200.0.0/24"), NOTHING);
    assert.deepEqual([servers?.subnet, mgmt?.subnet], ["10.200.0.0/24", "10.200.1.0/24"]);
  });

  it("asked for that something else uses are refused, with what uses them", () => {
    const foreign = errorOf(() => planUp(asking("172.17.3.0/24"), NOTHING));
    assert.equal(foreign.code, "E_SUBNET_CLASH");
    assert.match(
      describeError(foreign),
      /networks\.servers\.subnet: 172\.17\.3\.0\/24 overlaps 172\.17\.0\.0\/16 of another/,
    );
    const ours = errorOf(() => planUp(asking("10.200.1.0/24"), upped(TWO_HOPS)));
    assert.match(describeError(ours), /E_SUBNET_CLASH.*10\.200\.1\.0\/24 of rttlab-two-hops-servers/s);
  });

  it("that cannot be found are an error with the cure", () => {
    const foreignSubnets = ["10.0.0.0/8", "198.18.0.0/15", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
    const error = errorOf(() => planUp(WAN, { ...NOTHING, foreignSubnets }));
    assert.equal(error.code, "E_NO_FREE_SUBNET");
    assert.match(error.message, /choosing a subnet for mgmt: .*as `mgmt: \{subnet: …\}`/);
    const managed = { ...WAN, managementSubnet: "172.32.0.0/24" };
    const next = errorOf(() => planUp(managed, { ...NOTHING, foreignSubnets }));
    assert.match(next.message, /choosing a subnet for servers: .*as `networks: \{servers: \{subnet: …\}\}`/);
  });

  const subnetsBeside = (...machineSubnets: string[]) => {
    const specs = networksOf(WAN, { ...NOTHING, machineSubnets });
    return [specs.mgmt?.subnet, specs.servers?.subnet];
  };

  it("are chosen outside of what a VPN leads elsewhere, while there is anything outside of it", () => {
    assert.deepEqual(subnetsBeside("10.0.0.0/8"), ["198.18.0.0/24", "198.18.1.0/24"]);
    assert.deepEqual(subnetsBeside("10.0.0.0/8", "198.18.0.0/15"), ["172.16.0.0/24", "172.16.1.0/24"]);
    assert.deepEqual(subnetsBeside("10.0.0.0/8", "198.18.0.0/15", "172.16.0.0/12"), [
      "192.168.192.0/24",
      "192.168.193.0/24",
    ]);
  });

  it("are the usual ones when routes cover everything, but for the addresses that this machine needs", () => {
    const everything = ["10.0.0.0/8", "198.18.0.0/15", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
    assert.deepEqual(subnetsBeside(...everything, "10.200.0.1/32"), ["10.200.1.0/24", "10.200.2.0/24"]);
    assert.deepEqual(subnetsBeside("0.0.0.0/1", "128.0.0.0/1"), ["10.200.0.0/24", "10.200.1.0/24"]);
  });

  it("asked for within a broader route are given, with a warning; an equal or narrower route is a clash", () => {
    const beside = (...machineSubnets: string[]) => planUp(asking("10.9.1.0/24"), { ...NOTHING, machineSubnets });
    assert.deepEqual(beside("0.0.0.0/1").warnings, []);
    assert.match(beside("10.0.0.0/8").warnings.join(), /^servers: 10\.9\.1\.0\/24 is within 10\.0\.0\.0\/8/);
    for (const narrow of ["10.9.1.0/24", "10.9.1.128/25", "10.9.1.7/32"])
      assert.equal(errorOf(() => beside(narrow)).code, "E_SUBNET_CLASH", narrow);
  });

  it("of mgmt is the one that the scenario asks for, or refused by its own name", () => {
    const managed = { ...WAN, managementSubnet: "10.9.0.0/24" };
    assert.equal(networksOf(managed, NOTHING).mgmt?.subnet, "10.9.0.0/24");
    const error = errorOf(() => planUp(managed, { ...NOTHING, foreignSubnets: ["10.9.0.0/16"] }));
    assert.match(describeError(error), /E_SUBNET_CLASH.*mgmt\.subnet: 10\.9\.0\.0\/24 overlaps/s);
  });

  it("that the file asks for anew are given by making the network and all on it anew", () => {
    const steps = linesOf(planUp(asking("10.9.1.0/24"), upped(WAN)).steps);
    assert.ok(steps.includes("create-network rttlab-wan-100ms-servers: changed: gateway, subnet"), steps.join("\n"));
    assert.ok(!steps.some((step) => step.startsWith("create-network rttlab-wan-100ms-site-a")));
    assert.ok(
      steps.some((step) =>
        step.startsWith("create-container rttlab-wan-100ms-server: changed: addresses, environment"),
      ),
    );
  });
});

it("a hundred hosts on sixty networks get addresses and ways of their own", () => {
  const sites = Array.from({ length: 60 }, (_, index) => `n${index}`);
  const hosts = Array.from({ length: 100 }, (_, index) => `h${index}: {role: server, on: n${index % sites.length}}`);
  const text = `title: Many
networks: {core: {}, ${sites.map((name) => `${name}: {}`).join(", ")}}
hosts: {${hosts.join(", ")}}
links: {${sites.map((name, index) => `l${index}: {between: [${name}, core]}`).join(", ")}}
`;
  const up = upped(parseScenario("many", text));
  const addresses = up.containers.flatMap((container) => Object.values(container.addresses));
  assert.equal(addresses.length, 100 * 2 + 60 * 3 + 2, "hosts, links, and what watches them");
  assert.equal(new Set(addresses).size, addresses.length);
});
