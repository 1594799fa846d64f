import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Topology } from "../model/topology.ts";
import { readScenario } from "../scenarios/read-scenario.ts";
import { planUp } from "./plan.ts";
import { NOTHING, upped } from "./simulation.ts";
import type { ContainerSpec, WatchSpec } from "./step.ts";
import { targetsText } from "./watch.ts";

const WAN = await readScenario("wan-100ms");

describe("what watches", () => {
  const specsOf = (): Record<string, ContainerSpec> =>
    Object.fromEntries(
      planUp(WAN, NOTHING)
        .steps.flatMap(({ action }) => (action.op === "create-container" ? [action.container] : []))
        .map((spec) => [spec.labels["rttlab.role"], spec]),
    );

  it("is on the management network alone, a normal user without capabilities", () => {
    const { prometheus, usage } = specsOf();
    for (const spec of [prometheus, usage]) {
      assert.deepEqual(
        spec?.attachments.map(({ network }) => network),
        ["rttlab-wan-100ms-mgmt"],
      );
      assert.deepEqual([spec?.user, spec?.capabilities], ["1000:1000", []]);
    }
    assert.deepEqual(prometheus?.ports, [{ containerPort: 9090, hostPort: 9090 }]);
    assert.deepEqual(
      usage?.mounts?.map(({ target, readOnly }) => [target, readOnly]),
      [
        ["/host/cgroup", true],
        ["/host/proc", true],
      ],
    );
  });

  it("has every host and link, and usage, at their addresses on the management network", () => {
    const [spec] = planUp(WAN, NOTHING).steps.flatMap(({ action }) => (action.op === "watch" ? [action.watch] : []));
    const targets = JSON.parse(targetsText(spec as WatchSpec)) as { targets: string[]; labels: { host: string } }[];
    assert.deepEqual(
      targets.map(({ targets: [address], labels }) => [labels.host, address]),
      [
        ["server", "10.200.0.10:9100"],
        ["load-a", "10.200.0.11:9100"],
        ["load-b", "10.200.0.12:9100"],
        ["rudp-sink", "10.200.0.13:9100"],
        ["rudp-a", "10.200.0.14:9100"],
        ["wan-a", "10.200.0.15:9100"],
        ["wan-b", "10.200.0.16:9100"],
        ["usage", "10.200.0.18:9100"],
      ],
    );
    assert.ok(
      spec?.members.some(({ host }) => host === "prometheus"),
      "its usage is exported too",
    );
  });
});

describe("Grafana", () => {
  it("comes up beside the rest where its image is here, with nothing to sign in to, and is left out where it is not", () => {
    const specOf = (hasGrafana: boolean) =>
      planUp(WAN, { ...NOTHING, hasGrafana }).steps.flatMap(({ action }) =>
        action.op === "create-container" && action.container.labels["rttlab.role"] === "grafana"
          ? [action.container]
          : [],
      )[0];
    assert.equal(specOf(false), undefined);
    const spec = specOf(true);
    assert.deepEqual(spec?.ports, [{ containerPort: 3000, hostPort: 3000 }]);
    assert.equal(spec?.environment.RTTLAB_PROMETHEUS, "http://10.200.0.17:9090");
    assert.equal(spec?.environment.GF_AUTH_ANONYMOUS_ORG_ROLE, "Viewer");
    assert.deepEqual(spec?.capabilities, []);
  });

  it("is built on its own image, not on ours", () => {
    const state = { ...upped(WAN), hasGrafana: true };
    const builds = planUp(WAN, { ...state, imagesPresent: state.imagesPresent.slice(1) }).steps.filter(
      ({ action }) => action.op === "build-image",
    );
    assert.deepEqual(
      builds.map(({ target, needs }) => [target, needs]),
      [["rttlab/grafana:1", []]],
    );
  });
});

describe("the background load", () => {
  const loadsOf = (topology: Topology, options = {}, state = NOTHING) =>
    planUp(topology, state, options).steps.flatMap(({ action }) =>
      action.op === "set-background" ? [[action.container, action.load?.target ?? null]] : [],
    );

  it("is given to each load generator for the first server, to each RUDP endpoint but the first for that one", () => {
    assert.deepEqual(loadsOf(WAN), [
      ["rttlab-wan-100ms-load-a", "server:80"],
      ["rttlab-wan-100ms-load-b", "server:80"],
      ["rttlab-wan-100ms-rudp-a", "rudp-sink:4000"],
    ]);
    assert.deepEqual(loadsOf({ ...WAN, hosts: WAN.hosts.filter(({ role }) => role === "loadgen") }), []);
  });

  it("is not given, or taken away, when none is wanted, and given when it is wanted again", () => {
    const idle = { background: false };
    assert.deepEqual(loadsOf(WAN, idle), []);
    const taken = [
      ["rttlab-wan-100ms-load-a", null],
      ["rttlab-wan-100ms-load-b", null],
      ["rttlab-wan-100ms-rudp-a", null],
    ];
    assert.deepEqual(loadsOf(WAN, idle, upped(WAN)), taken);
    assert.deepEqual(loadsOf(WAN, {}, upped(WAN)), []);
  });
});
