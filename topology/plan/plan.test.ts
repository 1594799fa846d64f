import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "../model/scenario.ts";
import { changeSettings } from "../model/set.ts";
import type { Topology } from "../model/topology.ts";
import { readScenario } from "../scenarios/read-scenario.ts";
import { describeSteps } from "./describe.ts";
import { planDown } from "./down.ts";
import { planUp } from "./plan.ts";
import { NOTHING, upped } from "./simulation.ts";
import type { ContainerSpec, NetworkSpec, WiringSpec } from "./step.ts";

const WAN = await readScenario("wan-100ms");
const TWO_HOPS = await readScenario("two-hops");

function containersOf(topology: Topology, observed = NOTHING): Record<string, ContainerSpec> {
  const specs = planUp(topology, observed).steps.flatMap(({ action }) =>
    action.op === "create-container" ? [action.container] : [],
  );
  return Object.fromEntries(specs.map((spec) => [spec.labels["rttlab.name"], spec]));
}

function networksOf(topology: Topology, observed = NOTHING): Record<string, NetworkSpec> {
  const specs = planUp(topology, observed).steps.flatMap(({ action }) =>
    action.op === "create-network" ? [action.network] : [],
  );
  return Object.fromEntries(specs.map((spec) => [spec.labels["rttlab.name"], spec]));
}

function wiringsOf(topology: Topology): Record<string, WiringSpec> {
  const specs = planUp(topology, NOTHING).steps.flatMap(({ action }) =>
    action.op === "wire-host" ? [action.wiring] : [],
  );
  return Object.fromEntries(specs.map((spec) => [spec.labels["rttlab.name"], spec]));
}

const OF_HOSTS = ["base", "host", "server", "loadgen", "rudp", "usage"] as const;
const HOSTS = ["-server", "-load-a", "-load-b", "-rudp-sink", "-rudp-a"];

describe("a plan from nothing", () => {
  it("builds images, then networks, links, hosts, wires them, and has them watched, each step after what it needs", () => {
    const { steps, warnings } = planUp(WAN, NOTHING);
    const WHO = ["-wan-a", "-wan-b", ...HOSTS, ".prometheus", ".usage"];
    assert.deepEqual(
      steps.map(({ id }) => id),
      [
        ...[...OF_HOSTS, "link", "prometheus"].map((image) => `build-image rttlab/${image}:1`),
        "create-volume rttlab-wan-100ms.prometheus.data",
        ...["mgmt", "servers", "site-a", "site-b"].map((network) => `create-network rttlab-wan-100ms-${network}`),
        ...WHO.map((name) => `create-container rttlab-wan-100ms${name}`),
        "untrack-networks rttlab-wan-100ms.untracked",
        ...WHO.map((name) => `await-ready rttlab-wan-100ms${name}`),
        ...[...HOSTS, ".prometheus", ".usage"].map((name) => `wire-host rttlab-wan-100ms${name}`),
        "watch rttlab-wan-100ms.prometheus",
        ...["-load-a", "-load-b", "-rudp-a"].map((name) => `set-background rttlab-wan-100ms${name}`),
      ],
    );
    assert.deepEqual(steps.find(({ id }) => id.endsWith("wan-a"))?.needs, [
      "build-image rttlab/link:1",
      "create-volume rttlab-wan-100ms.prometheus.data",
      ...["mgmt", "servers", "site-a", "site-b"].map((network) => `create-network rttlab-wan-100ms-${network}`),
    ]);
    assert.deepEqual(warnings, []);
  });

  it("builds no image that is there, and none that nothing needs", () => {
    const images = (topology: Topology, imagesPresent: string[]) =>
      planUp(topology, { ...NOTHING, imagesPresent })
        .steps.filter(({ action }) => action.op === "build-image")
        .map(({ target }) => target);
    const { base, host, link, rudp, prometheus } = NOTHING.imageTags;
    const ofHosts = OF_HOSTS.map((image) => NOTHING.imageTags[image]);
    assert.deepEqual(images(WAN, [...ofHosts, prometheus]), [link]);
    assert.deepEqual(images({ ...WAN, links: [] }, []), [...ofHosts, prometheus]);
    assert.deepEqual(images(WAN, [...ofHosts.slice(1), link, prometheus]), []);
    assert.deepEqual(
      images(
        WAN,
        [...ofHosts, link, prometheus].filter((tag) => ![rudp, host].includes(tag)),
      ),
      [host, rudp],
    );
    assert.deepEqual(
      images({ ...WAN, hosts: WAN.hosts.filter(({ role }) => role !== "rudp") }, [base, link, prometheus]),
      [...ofHosts.filter((tag) => ![base, rudp].includes(tag))],
    );
  });

  it("is the same each time", () => assert.deepEqual(planUp(WAN, NOTHING), planUp(WAN, NOTHING)));

  it("gives the gateway .1, links .2 and on, hosts .10 and on, of the first free subnets", () => {
    const { server, "load-a": loadA, "wan-a": wanA } = containersOf(WAN);
    assert.deepEqual(server?.attachments, [
      { network: "rttlab-wan-100ms-servers", address: "10.200.1.10" },
      { network: "rttlab-wan-100ms-mgmt", address: "10.200.0.10" },
    ]);
    assert.deepEqual(loadA?.attachments[0], { network: "rttlab-wan-100ms-site-a", address: "10.200.2.10" });
    assert.deepEqual(
      wanA?.attachments.map(({ address }) => address),
      ["10.200.2.2", "10.200.1.2", "10.200.0.15"],
    );
    assert.equal(networksOf(WAN).servers?.gateway, "10.200.1.1");
  });

  it("hardens hosts: no capability, a normal user, limits, nothing published, sysctls of their own", () => {
    const host = containersOf(WAN).server;
    assert.deepEqual([host?.capabilities, host?.ports, host?.user], [[], [], "1000:1000"]);
    assert.equal(host?.sysctls["net.ipv4.tcp_no_metrics_save"], "1");
    assert.equal(host?.tmpfs["/run/rttlab"]?.includes("uid=1000,gid=1000,mode=0700"), true);
    assert.deepEqual(host?.command, ["node", "/rttlab/services/server/main.ts"]);
  });

  it("names resolve to data addresses, never to those of the management network", () => {
    const addresses = {
      server: "10.200.1.10",
      "load-a": "10.200.2.10",
      "load-b": "10.200.3.10",
      "rudp-sink": "10.200.1.11",
      "rudp-a": "10.200.2.11",
    };
    const byContainer = Object.entries(addresses).map(([name, address]) => [`rttlab-wan-100ms-${name}`, address]);
    assert.deepEqual(containersOf(WAN)["load-a"]?.extraHosts, { ...addresses, ...Object.fromEntries(byContainer) });
  });

  it("hosts get their names, addresses and site; the scenario's own environment comes first", () => {
    const host = {
      ...(WAN.hosts[0] as Topology["hosts"][number]),
      environment: { RTTLAB_SITE_SEED: "7", SERVER_PORT: "8080" },
    };
    assert.deepEqual(containersOf(WAN).server?.environment, {
      RTTLAB_SITE_SEED: "1",
      RTTLAB_SCENARIO: "wan-100ms",
      RTTLAB_NAME: "server",
      RTTLAB_DATA_ADDRESS: "10.200.1.10",
      RTTLAB_MGMT_ADDRESS: "10.200.0.10",
    });
    const { environment } = containersOf({ ...WAN, hosts: [host] }).server as ContainerSpec;
    assert.deepEqual([environment.RTTLAB_SITE_SEED, environment.SERVER_PORT], ["7", "8080"]);
  });

  it("over two hops, hosts and links alike know the way to networks beyond their own", () => {
    const subnets = Object.fromEntries(
      Object.entries(networksOf(TWO_HOPS)).map(([name, { subnet }]) => [name, subnet]),
    );
    const { access, core } = containersOf(TWO_HOPS);
    const link = (spec: ContainerSpec | undefined) => JSON.parse(spec?.environment.RTTLAB_LINK ?? "");
    const leg = (spec: ContainerSpec | undefined, network: string) =>
      spec?.attachments.find((attachment) => attachment.network.endsWith(network))?.address;
    assert.deepEqual(link(access).routes, [{ subnet: subnets.servers, via: leg(core, "backbone") }]);
    assert.deepEqual(link(core).routes, [{ subnet: subnets["site-a"], via: leg(access, "backbone") }]);
    assert.deepEqual(
      link(core).legs.map(({ network }: { network: string }) => network),
      ["backbone", "servers"],
    );
    assert.deepEqual(wiringsOf(TWO_HOPS)["load-a"]?.routes, [
      { subnet: subnets.servers, via: leg(access, "site-a") },
      { subnet: subnets.backbone, via: leg(access, "site-a") },
    ]);
    assert.deepEqual(wiringsOf(TWO_HOPS).server?.routes, [
      { subnet: subnets.backbone, via: leg(core, "servers") },
      { subnet: subnets["site-a"], via: leg(core, "servers") },
    ]);
  });

  it("hosts can leave by no gateway, and choose cubic on their routes", () => {
    const wiring = wiringsOf(WAN)["load-a"];
    assert.deepEqual(wiring?.blackholes, ["10.200.2.1", "10.200.0.1"]);
    assert.deepEqual(wiring?.dataAddresses, ["10.200.2.10"]);
    assert.equal(wiring?.congestionControl, "cubic");
  });

  it("TCP buffers hold several times what the fattest path can have on its way and queued", () => {
    const over = (link: string) =>
      parseScenario(
        "fat",
        `title: Fat
networks: {a: {}, b: {}}
hosts: {x: {role: server, on: a}, y: {role: loadgen, on: b}}
links: {l: {between: [a, b], ${link}}}`,
      );
    const fat = over("rtt: 400ms, rate: 100mbit");
    const sysctl = (topology: Topology, name: string, host: string) =>
      Number(containersOf(topology)[host]?.sysctls[name]?.split(" ")[2]);
    const product = (100e6 / 8) * 0.4;
    for (const name of ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"]) {
      assert.equal(sysctl(WAN, name, "server"), 16 * 1024 ** 2);
      const bytes = sysctl(fat, name, "x");
      assert.ok(bytes >= 4 * 2 * product && bytes < 2 * 4 * 2 * product, `${bytes} for a product of ${product}`);
      // A slow way back does not make the flight there smaller.
      for (const slow of ["forward", "backward"])
        assert.equal(sysctl(over(`rtt: 400ms, rate: 100mbit, ${slow}: {rate: 3mbit}`), name, "x"), bytes, slow);
    }
  });

  it("TCP buffers that would eat the memory of a host are capped, and that is warned of", () => {
    const vast = WAN.links.map((link) => ({
      ...link,
      settings: changeSettings(link.name, link.settings, ["rtt=10s"], "kernel"),
    }));
    const inKernel = { ...NOTHING, backend: "kernel" as const };
    const { warnings } = planUp({ ...WAN, links: vast }, inKernel);
    assert.match(warnings.join(), /TCP buffers cannot hold/);
    const { server } = containersOf({ ...WAN, links: vast }, inKernel);
    assert.equal(server?.sysctls["net.ipv4.tcp_rmem"], `4096 131072 ${128 * 1024 ** 2}`);
  });

  it("networks are apart from the machine's own: no masquerading, no way out through the gateway, frames of 1500 bytes", () => {
    const { servers, mgmt } = networksOf(WAN);
    for (const network of [servers, mgmt]) {
      assert.equal(network?.options["com.docker.network.bridge.enable_ip_masquerade"], "false");
      assert.equal(network?.options["com.docker.network.bridge.gateway_mode_ipv4"], "nat-unprotected");
      assert.equal(network?.options["com.docker.network.driver.mtu"], "1500");
    }
  });

  it("keeps the data networks, and not that of management, out of connection tracking", () => {
    const [spec] = planUp(WAN, NOTHING).steps.flatMap(({ action }) =>
      action.op === "untrack-networks" ? [action.untracking] : [],
    );
    assert.deepEqual(spec?.subnets, ["10.200.1.0/24", "10.200.2.0/24", "10.200.3.0/24"]);
    assert.equal(spec?.labels["rttlab.role"], "untracked");
  });

  it("a rate above what a User-Mode Linux link carries is warned of, and in the kernel not", () => {
    const [link] = WAN.links;
    const settings = changeSettings("wan-a", link?.settings as never, ["queue=100000packets"], "kernel");
    const queue = settings.forward.queue;
    const change = { forward: { queue }, backward: { queue } };
    const atStart = { ...WAN, links: WAN.links.map((one) => (one === link ? { ...one, settings } : one)) };
    const later = { ...WAN, events: [{ atMillis: 1000, link: "wan-a", change }] };
    for (const [path, vast] of [
      ["links.wan-a", atStart],
      ["events at 1000ms of wan-a", later],
    ] as const) {
      assert.throws(
        () => planUp(vast, NOTHING),
        ({ code, problems }: RttlabError) => {
          assert.deepEqual(
            [code, ...problems.map(({ code, path }) => `${code} ${path}`)],
            ["E_BAD_SCENARIO", `E_OUT_OF_RANGE ${path}`],
          );
          return true;
        },
      );
      assert.ok(planUp(vast, { ...NOTHING, backend: "kernel" }).steps.length > 0);
    }
  });

  it("a second link between two networks is said to carry nothing, and a detour for others is not", () => {
    const [first] = WAN.links as [(typeof WAN.links)[0]];
    const second = { ...first, name: "spare" };
    const shortcut = { ...first, name: "shortcut", between: ["site-a", "site-b"] as [string, string] };
    const { warnings } = planUp({ ...WAN, links: [...WAN.links, second, shortcut] }, NOTHING);
    assert.deepEqual(warnings, ["spare carries nothing: between site-a and servers all packets take wan-a"]);
  });

  it("the management network bears the word that the scenario was given by, which changes nothing else", () => {
    const byPath = { ...WAN, word: "../mine/wan-100ms.yaml" };
    assert.equal(networksOf(byPath).mgmt?.labels["rttlab.word"], "../mine/wan-100ms.yaml");
    assert.deepEqual(planUp(WAN, upped(byPath)).steps, []);
  });
});

describe("down", () => {
  it("removes containers, then networks, of the scenario alone, by label alone", () => {
    const both = upped(TWO_HOPS, upped(WAN));
    const { steps } = planDown(both, "wan-100ms");
    assert.equal(steps.length, 2 + 5 + 5 + 2 + 2 + 1 + 4 + 1);
    assert.ok(
      steps.every(
        ({ target, because }) => /^rttlab-wan-100ms[-.]/.test(target) && because === "wan-100ms is taken down",
      ),
    );
    const networks = steps.filter(({ action }) => action.op === "remove-network");
    assert.deepEqual(networks[0]?.needs.length, 17);
    assert.deepEqual(planDown(both, "never-up").steps, []);
  });
});

it("a step is one line in columns", () => {
  const lines = describeSteps(planUp(WAN, NOTHING).steps).split("\n");
  assert.ok(lines.includes("create-network    rttlab-wan-100ms-mgmt             it is not there"), lines.join("\n"));
});
