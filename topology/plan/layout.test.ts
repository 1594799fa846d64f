import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { describeError, type RttlabError } from "../../lib/errors.ts";
import { parseScenario, readScenario } from "../model/scenario.ts";
import type { Topology } from "../model/topology.ts";
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

suite("subnets", () => {
  const asking = (subnet: string) => ({ ...WAN, networks: [{ name: "servers", subnet }, ...WAN.networks.slice(1)] });

  test("are the first free ones, apart from what this machine and other scenarios use", () => {
    const other = upped(TWO_HOPS, { ...NOTHING, foreignSubnets: ["10.200.0.0/22", "10.200.5.7/32"] });
    assert.deepEqual(
      other.networks.map(({ subnet }) => subnet),
      ["10.200.4.0/24", "10.200.6.0/24", "10.200.7.0/24", "10.200.8.0/24"],
    );
    assert.equal(networksOf(WAN, other).mgmt?.subnet, "10.200.9.0/24");
  });

  test("asked for are given, and chosen ones keep away from them", () => {
    const { servers, mgmt } = networksOf(asking("10.200.0.0/24"), NOTHING);
    assert.deepEqual([servers?.subnet, mgmt?.subnet], ["10.200.0.0/24", "10.200.1.0/24"]);
  });

  test("asked for that something else uses are refused, with what uses them", () => {
    const foreign = errorOf(() => planUp(asking("172.17.3.0/24"), NOTHING));
    assert.equal(foreign.code, "E_SUBNET_CLASH");
    assert.match(
      describeError(foreign),
      /networks\.servers\.subnet: 172\.17\.3\.0\/24 overlaps 172\.17\.0\.0\/16 of another/,
    );
    const ours = errorOf(() => planUp(asking("10.200.1.0/24"), upped(TWO_HOPS)));
    assert.match(describeError(ours), /E_SUBNET_CLASH.*10\.200\.1\.0\/24 of rttlab-two-hops-servers/s);
  });

  test("that cannot be found are an error with the cure", () => {
    const error = errorOf(() => planUp(WAN, { ...NOTHING, foreignSubnets: ["10.0.0.0/8"] }));
    assert.equal(error.code, "E_NO_FREE_SUBNET");
    assert.match(error.message, /give it one in the scenario/);
  });

  test("that the file asks for anew are given by making the network and all on it anew", () => {
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

test("a hundred hosts on sixty networks get addresses and ways of their own", () => {
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
