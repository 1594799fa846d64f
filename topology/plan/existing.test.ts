// Plans for running and stopped testbeds: each change leads to the smallest repair.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { changeSettings } from "../model/set.ts";
import type { Topology } from "../model/topology.ts";
import { readScenario } from "../scenarios/read-scenario.ts";
import type { Observed } from "./observed.ts";
import { planUp } from "./plan.ts";
import { changeContainer, upped } from "./simulation.ts";
import type { Step } from "./step.ts";

const WAN = await readScenario("wan-100ms");
const TWO_HOPS = await readScenario("two-hops");

const linesOf = (steps: readonly Step[]) => steps.map(({ id, because }) => `${id}: ${because}`);

const UNTRACKED_AGAIN =
  "untrack-networks rttlab-wan-100ms.untracked: containers are made anew, perhaps after a restart of the machine";

const WATCHED_AGAIN = "watch rttlab-wan-100ms.prometheus: containers are made anew";

suite("a plan for what is up", () => {
  const up = upped(WAN);
  const stepsAfter = (change: (state: Observed) => Observed) => linesOf(planUp(WAN, change(up)).steps);
  const named = (name: string) => `rttlab-wan-100ms-${name}`;

  test("has no steps when it is as the scenario says", () => assert.deepEqual(planUp(WAN, up).steps, []));

  test("puts a changed link back, and says what was changed", () => {
    const held = changeSettings("wan-a", WAN.links[0]?.settings as never, ["forward", "delay=20ms", "loss=1%"], "uml");
    assert.deepEqual(
      stepsAfter((state) => changeContainer(state, named("wan-a"), { linkSettings: held })),
      [`set-link ${named("wan-a")}: forward delay is 20ms, not 50ms; forward loss is 1%, not 0%`],
    );
  });

  test("changes a link in place when the file changed its settings", () => {
    const [link] = WAN.links;
    const settings = changeSettings("wan-a", link?.settings as never, ["rtt=80ms"], "uml");
    const changed = { ...WAN, links: WAN.links.map((one) => (one === link ? { ...one, settings } : one)) };
    assert.deepEqual(linesOf(planUp(changed, up).steps), [
      `set-link ${named("wan-a")}: forward delay is 50ms, not 40ms; backward delay is 50ms, not 40ms`,
    ]);
  });

  test("makes a host that exited anew, and wires it", () => {
    assert.deepEqual(
      stepsAfter((state) => changeContainer(state, named("load-a"), { state: "exited", exitCode: 137 })),
      [
        `remove-container ${named("load-a")}: it exited with code 137`,
        `remove-container ${named("load-a.wiring")}: its host is made anew`,
        `create-container ${named("load-a")}: it exited with code 137`,
        UNTRACKED_AGAIN,
        `await-ready ${named("load-a")}: it has just been started`,
        `wire-host ${named("load-a")}: its routes and offloads are those of a new host`,
        WATCHED_AGAIN,
        `set-background ${named("load-a")}: it has no background load`,
      ],
    );
  });

  test("makes a host that restarted after it was wired anew, for its routes are gone", () => {
    const steps = stepsAfter((state) => changeContainer(state, named("load-a"), { startedAtMillis: 1e9 }));
    assert.match(steps[0] ?? "", /^remove-container .*load-a: it restarted after it was wired/);
    assert.equal(steps.length, 8);
  });

  test("makes what is on other networks, or has other addresses there, anew", () => {
    const steps = (change: (addresses: Record<string, string>) => Record<string, string>) =>
      stepsAfter((state) => {
        const { addresses = {} } = state.containers.find(({ name }) => name === named("wan-b")) ?? {};
        return changeContainer(state, named("wan-b"), { addresses: change(addresses) });
      })[0];
    assert.match(
      steps(({ [named("site-b")]: _, ...rest }) => rest) ?? "",
      /^remove-container .*wan-b: it is no longer on .*site-b/,
    );
    assert.match(
      steps((addresses) => ({ ...addresses, [named("site-b")]: "10.200.3.77" })) ?? "",
      /wan-b: its address on .*site-b is 10\.200\.3\.77, not /,
    );
    assert.match(steps((addresses) => ({ ...addresses, bridge: "172.17.0.2" })) ?? "", /wan-b: it is on bridge too/);
  });

  test("makes what is paused, or was found broken by trying, anew", () => {
    const first = (name: string, facts: Parameters<typeof changeContainer>[2]) =>
      stepsAfter((state) => changeContainer(state, named(name), facts))[0] ?? "";
    assert.match(first("server", { state: "paused" }), /^remove-container .*server: it is paused/);
    const silent = { kind: "silent", text: "nothing comes back through it" } as const;
    assert.match(first("wan-a", { fault: silent }), /^remove-container .*wan-a: nothing comes back through it/);
    const unwired = { kind: "unwired", text: "a way out is left" } as const;
    assert.match(first("load-b", { fault: unwired }), /^remove-container .*load-b: a way out is left/);
  });

  test("makes a link whose agent does not answer anew, without touching hosts", () => {
    assert.deepEqual(
      stepsAfter((state) => changeContainer(state, named("wan-b"), { linkSettings: null })),
      [
        `remove-container ${named("wan-b")}: its agent does not answer`,
        `create-container ${named("wan-b")}: its agent does not answer`,
        UNTRACKED_AGAIN,
        `await-ready ${named("wan-b")}: it has just been started`,
        WATCHED_AGAIN,
      ],
    );
  });

  test("wires a host whose wiring is missing, failed or was interrupted", () => {
    const wiring = named("server.wiring");
    const without = (state: Observed) => ({
      ...state,
      containers: state.containers.filter(({ name }) => name !== wiring),
    });
    assert.deepEqual(stepsAfter(without), [`wire-host ${named("server")}: it is not wired`]);
    assert.deepEqual(
      stepsAfter((state) => changeContainer(state, wiring, { exitCode: 1 })),
      [
        `remove-container ${wiring}: its host is wired again`,
        `wire-host ${named("server")}: its wiring failed with code 1`,
      ],
    );
    assert.deepEqual(
      stepsAfter((state) => changeContainer(state, wiring, { state: "running", exitCode: null })),
      [
        `remove-container ${wiring}: its host is wired again`,
        `wire-host ${named("server")}: its wiring was interrupted`,
      ],
    );
  });

  test("names what changed when containers must be made anew", () => {
    const steps = stepsAfter((state) => ({ ...state, imageTags: { ...state.imageTags, link: "rttlab/link:2" } }));
    assert.ok(steps.includes(`create-container ${named("wan-a")}: changed: image`), steps.join("\n"));
    const other = linesOf(planUp(WAN, { ...up, backend: "kernel" }).steps);
    assert.ok(
      other.includes(`create-container ${named("wan-a")}: changed: environment, labels, sysctls`),
      other.join("\n"),
    );
  });

  test("removes what the scenario has no more", () => {
    const smaller = {
      ...WAN,
      networks: WAN.networks.slice(0, 2),
      hosts: WAN.hosts.slice(0, 2),
      links: WAN.links.slice(0, 1),
    };
    const steps = linesOf(planUp(smaller, up).steps);
    for (const name of ["load-b", "load-b.wiring", "wan-b"]) {
      assert.ok(
        steps.includes(`remove-container ${named(name)}: the scenario has no such host or link`),
        steps.join("\n"),
      );
    }
    assert.ok(steps.includes(`remove-network ${named("site-b")}: the scenario has no such network`));
  });

  test("makes a network of other options anew, with all that is on it", () => {
    const state = {
      ...up,
      networks: up.networks.map((one) =>
        one.name === named("site-b") ? { ...one, labels: { ...one.labels, "rttlab.spec": "" } } : one,
      ),
    };
    const steps = linesOf(planUp(WAN, state).steps);
    for (const name of ["wan-b", "load-b"]) {
      assert.ok(
        steps.includes(`remove-container ${named(name)}: its network ${named("site-b")} is made anew`),
        steps.join("\n"),
      );
    }
    assert.ok(!steps.some((step) => step.startsWith(`create-container ${named("load-a")}`)));
  });

  test("takes any seed that a link has where the scenario names none, and the scenario's own where it does", () => {
    const [link] = WAN.links;
    const seeded = (seed: number) => changeSettings("wan-a", link?.settings as never, [`seed=${seed}`], "uml");
    assert.deepEqual(
      stepsAfter((state) => changeContainer(state, named("wan-a"), { linkSettings: seeded(3) })),
      [],
    );
    const asking = { ...WAN, links: WAN.links.map((one) => (one === link ? { ...one, settings: seeded(7) } : one)) };
    assert.deepEqual(linesOf(planUp(asking, up).steps), [`set-link ${named("wan-a")}: seed is none, not 7`]);
  });

  test("sets the rules against tracking again when their record is gone or tells of a failure", () => {
    const record = "rttlab-wan-100ms.untracked";
    assert.deepEqual(
      stepsAfter((state) => changeContainer(state, record, { exitCode: 2 })),
      [`untrack-networks ${record}: it failed with code 2`],
    );
    assert.deepEqual(
      stepsAfter((state) => ({ ...state, containers: state.containers.filter(({ name }) => name !== record) })),
      [`untrack-networks ${record}: its connections would fill the machine's table`],
    );
  });

  test("makes Prometheus anew when it was killed, keeps its data, and tells it its targets", () => {
    const prometheus = "rttlab-wan-100ms.prometheus";
    const steps = stepsAfter((state) => changeContainer(state, prometheus, { state: "exited", exitCode: 137 }));
    assert.ok(steps.includes(`create-container ${prometheus}: it exited with code 137`), steps.join("\n"));
    assert.ok(steps.includes(`watch ${prometheus}: they are made anew and know nobody`), steps.join("\n"));
    assert.ok(!steps.some((step) => step.includes("volume")));
  });

  test("tells the watchers again when they hold other targets or other containers", () => {
    const [prometheus, usage] = ["rttlab-wan-100ms.prometheus", "rttlab-wan-100ms.usage"];
    assert.deepEqual(
      stepsAfter((state) => changeContainer(state, prometheus, { watching: null })),
      [`watch ${prometheus}: Prometheus holds other targets`],
    );
    assert.deepEqual(
      stepsAfter((state) => changeContainer(state, usage, { watching: "" })),
      [`watch ${prometheus}: \`usage\` watches other containers`],
    );
  });

  test("leaves other scenarios alone, and refuses a name that one of them has", () => {
    const both = upped(TWO_HOPS, up);
    assert.deepEqual(planUp(WAN, both).steps, []);
    const clashing = {
      ...WAN,
      name: "wan",
      hosts: [{ ...(WAN.hosts[0] as Topology["hosts"][number]), name: "100ms-server" }],
    };
    assert.throws(() => planUp(clashing, up), { code: "E_NAME_CLASH" });
  });
});
