// A plan leads from any state to the wanted one, and down from any state to none, whatever happened
// before a SIGKILL, whatever somebody broke since, and whatever the file said then.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import type { Topology } from "../model/topology.ts";
import { planDown } from "./down.ts";
import type { Observed } from "./observed.ts";
import { planUp } from "./plan.ts";
import { afterStep, amidStep, changeContainer, NOTHING } from "./simulation.ts";
import type { Step } from "./step.ts";

/** Topologies in which all hosts reach each other: a tree of links, and some more. */
function topologies(name: string): fc.Arbitrary<Topology> {
  const nat = fc.nat(1000);
  return fc
    .record({
      networkCount: fc.integer({ min: 1, max: 5 }),
      parents: fc.array(nat, { minLength: 5, maxLength: 5 }),
      chords: fc.array(fc.tuple(nat, nat), { maxLength: 2 }),
      hosts: fc.array(nat, { maxLength: 5 }),
      delays: fc.array(fc.constantFrom(0, 10, 50), { minLength: 8, maxLength: 8 }),
      subnets: fc.uniqueArray(fc.constantFrom("10.9.1.0/24", "10.9.2.0/28", "10.200.1.0/24"), { maxLength: 2 }),
    })
    .map(({ networkCount, parents, chords, hosts, delays, subnets }) => {
      const networks = Array.from({ length: networkCount }, (_, index) => `n${index}`);
      const at = (index: number) => networks[index % networkCount] as string;
      const tree = networks.slice(1).map((network, index) => [network, at((parents[index] as number) % (index + 1))]);
      const more = chords
        .map(([first, second]) => [at(first), at(second)])
        .filter(([first, second]) => first !== second);
      return {
        name,
        word: name,
        title: "generated",
        networks: networks.map((network, index) => ({ name: network, subnet: subnets[index] ?? null })),
        hosts: hosts.map((on, index) => ({
          name: `h${index}`,
          // Of all load generators those of the second network are within the first server.
          ...(index % 2 === 1 && on % networkCount === 1
            ? { network: at(hosts[0] as number), within: "h0" }
            : { network: at(on) }),
          role: index % 2 === 0 ? "server" : "loadgen",
          environment: {},
          options: {},
          processors: { quota: index % 3 === 0 ? 0.5 : null, cores: null },
        })),
        links: [...tree, ...more].map((between, index) => {
          const direction = { ...UNIMPAIRED, delayMillis: delays[index] as number };
          return {
            name: `l${index}`,
            between: between as [string, string],
            settings: { forward: direction, backward: direction, seed: null },
          };
        }),
        managementSubnet: null,
        ports: {},
        events: [],
      };
    });
}

/** Progress of a run of steps: how many were done, in which order, and the fate of the next one. */
const runs = fc.record({
  portion: fc.double({ min: 0, max: 1, noNaN: true }),
  order: fc.infiniteStream(fc.nat(1000)),
  cut: fc.constantFrom("clean", "start", "end"),
});
type Run = typeof runs extends fc.Arbitrary<infer Value> ? Value : never;

let now = 1000;

/** Runs steps in some order that honours their needs, as far as `run` says. */
function perform(state: Observed, steps: readonly Step[], run?: Run): Observed {
  const waiting = [...steps];
  const done = new Set<string>();
  const count = run === undefined ? steps.length : Math.floor(run.portion * steps.length);
  const nextReady = () => {
    const ready = waiting.filter(({ needs }) => needs.every((id) => done.has(id)));
    assert.ok(ready.length > 0, `none of ${waiting.map(({ id }) => id).join(", ")} can start`);
    const step = ready[(run?.order.next().value ?? 0) % ready.length] as Step;
    waiting.splice(waiting.indexOf(step), 1);
    return step;
  };
  let after = state;
  while (done.size < count) {
    const step = nextReady();
    after = afterStep(after, step, ++now);
    done.add(step.id);
  }
  if (run === undefined || run.cut === "clean" || waiting.length === 0) return after;
  return amidStep(after, nextReady(), ++now, run.cut);
}

const up = (state: Observed, topology: Topology, run?: Run) => perform(state, planUp(topology, state).steps, run);

/** Damage that somebody may do to a running testbed. */
type Disturbance = (state: Observed, index: number) => Observed;
const disturbances: readonly Disturbance[] = [
  (state, index) =>
    onContainer(state, index, (name) => changeContainer(state, name, { state: "exited", exitCode: 137 })),
  (state, index) => onContainer(state, index, (name) => changeContainer(state, name, { startedAtMillis: ++now })),
  (state, index) => onContainer(state, index, (name) => changeContainer(state, name, { linkSettings: null })),
  (state, index) =>
    onContainer(state, index, (name) => changeContainer(state, name, { watching: null, background: null })),
  (state, index) => onContainer(state, index, (name) => changeContainer(state, name, { state: "other" })),
  (state, index) => onContainer(state, index, (name) => changeContainer(state, name, { state: "paused" })),
  (state, index) => onContainer(state, index, (name) => changeContainer(state, name, { addresses: {} })),
  (state, index) =>
    onContainer(state, index, (name) => changeContainer(state, name, { fault: { kind: "silent", text: "silence" } })),
  (state, index) =>
    onContainer(state, index, (name) => ({
      ...state,
      containers: state.containers.filter((one) => one.name !== name),
    })),
  (state) => ({
    ...state,
    containers: state.containers.map((one) =>
      one.linkSettings === null
        ? one
        : { ...one, linkSettings: { ...one.linkSettings, seed: 3, forward: { ...UNIMPAIRED, lossRatio: 0.5 } } },
    ),
  }),
  (state) => ({ ...state, imageTags: { ...state.imageTags, server: `rttlab/server:${++now}` } }),
  (state) => ({ ...state, imagesPresent: [] }),
  (state, index) => ({
    ...state,
    networks: state.networks.map((one, at) =>
      at === index % state.networks.length ? { ...one, labels: { ...one.labels, "rttlab.spec": "options=0" } } : one,
    ),
  }),
  (state) => ({ ...state, backend: state.backend === "uml" ? "kernel" : "uml" }),
  (state) => ({ ...state, machineSubnets: [...state.machineSubnets, "10.200.77.0/24"] }),
];

function onContainer({ containers, ...state }: Observed, index: number, change: (name: string) => Observed): Observed {
  const chosen = containers[index % Math.max(1, containers.length)];
  return chosen === undefined ? { ...state, containers } : change(chosen.name);
}

const disturbed = fc.array(fc.tuple(fc.constantFrom(...disturbances), fc.nat(1000)), { maxLength: 4 });

function assertUp(topology: Topology, state: Observed) {
  assert.deepEqual(planUp(topology, state).steps, []);
  const running = topology.hosts.length + topology.links.length + 2;
  const wired = topology.hosts.filter(({ within }) => within === undefined);
  const wanted = running + wired.length + 2 + 1;
  const own = state.containers.filter(({ labels }) => labels["rttlab.scenario"] === topology.name);
  assert.equal(own.length, wanted, "hosts, links, watchers, the wirings, the record of untracking, and nothing else");
  assert.equal(own.filter((one) => one.state === "running").length, running);
}

describe("whatever the state", () => {
  it("up leads to one in which up has nothing to do", () => {
    fc.assert(
      fc.property(topologies("a"), runs, (topology, run) => {
        assertUp(topology, perform(NOTHING, planUp(topology, NOTHING).steps, { ...run, portion: 1 }));
      }),
    );
  });

  it("up recovers after being killed at any moment, twice over, and down removes what is there", () => {
    fc.assert(
      fc.property(topologies("a"), runs, runs, (topology, first, second) => {
        const killed = up(up(NOTHING, topology, first), topology, second);
        assertUp(topology, up(killed, topology));
        const none = perform(killed, planDown(killed, "a").steps);
        assert.deepEqual([none.containers, none.networks, none.volumes], [[], [], []]);
      }),
    );
  });

  it("up mends what somebody broke, in one go", () => {
    fc.assert(
      fc.property(topologies("a"), disturbed, runs, (topology, changes, run) => {
        const broken = changes.reduce((state, [change, index]) => change(state, index), up(NOTHING, topology));
        assertUp(topology, up(up(broken, topology, run), topology));
        assertUp(topology, up(broken, topology));
      }),
    );
  });

  it("up leads from one file to another of the same name, killed on the way or not", () => {
    fc.assert(
      fc.property(topologies("a"), topologies("a"), runs, (before, after, run) => {
        const changed = up(up(NOTHING, before), after, run);
        assertUp(after, up(changed, after));
      }),
    );
  });

  it("two scenarios are up beside each other, and down of one leaves the other as it is", () => {
    fc.assert(
      fc.property(topologies("a"), topologies("b"), runs, (first, second, run) => {
        const [one, other] = [withoutWishes(first), withoutWishes(second)];
        const both = up(up(NOTHING, one), other);
        assertUp(one, both);
        const halfDown = perform(both, planDown(both, "a").steps, run);
        assertUp(other, perform(halfDown, planDown(halfDown, "a").steps));
        const none = perform(halfDown, planDown(halfDown, "all").steps);
        assert.deepEqual([none.containers, none.networks, none.volumes], [[], [], []]);
      }),
    );
  });
});

function withoutWishes(topology: Topology): Topology {
  return { ...topology, networks: topology.networks.map((network) => ({ ...network, subnet: null })) };
}
