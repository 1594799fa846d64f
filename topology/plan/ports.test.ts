import assert from "node:assert/strict";
import { it } from "node:test";
import { describeError } from "../../lib/errors.ts";
import type { Topology } from "../model/topology.ts";
import { readScenario } from "../scenarios/read-scenario.ts";
import type { ObservedContainer } from "./observed.ts";
import { planUp } from "./plan.ts";
import { candidatePorts, choosePorts } from "./ports.ts";
import { NOTHING, upped } from "./simulation.ts";

const LAN = await readScenario("lan");
const asking = (ports: Topology["ports"]): Topology => ({ ...LAN, ports });

it("the usual port is taken where it is free, else the next", () => {
  assert.deepEqual(choosePorts(LAN, NOTHING), { prometheus: 9090, grafana: 3000 });
  const busyPorts = [9090, 9091, 3000];
  assert.deepEqual(choosePorts(LAN, { ...NOTHING, busyPorts }), { prometheus: 9092, grafana: 3001 });
});

it("a port asked for is taken, and no other service gets it", () => {
  assert.deepEqual(choosePorts(asking({ grafana: 9090 }), NOTHING), { prometheus: 9091, grafana: 9090 });
});

it("ports asked for that are busy are refused, all of them at once", () => {
  const text = () => planUp(asking({ prometheus: 8080, grafana: 8081 }), { ...NOTHING, busyPorts: [8080, 8081] });
  assert.throws(text, (error) => /E_PORT_BUSY.*prometheus: port 8080.*grafana: port 8081/s.test(describeError(error)));
});

it("a port that the scenario's own container holds is not busy", () => {
  const container: ObservedContainer = {
    name: "rttlab-lan-prometheus",
    labels: { "rttlab.scenario": "lan", "rttlab.name": "prometheus" },
    state: "running",
    exitCode: null,
    startedAtMillis: 0,
    finishedAtMillis: null,
    addresses: {},
    linkSettings: null,
    isCalibrating: false,
    imageId: "",
    hostPorts: [8080],
    process: null,
    command: [],
    watching: null,
    background: null,
    fault: null,
  };
  const observed = { ...NOTHING, busyPorts: [8080], containers: [{ ...container, hostPorts: [8080] }] };
  assert.equal(choosePorts(asking({ prometheus: 8080 }), observed).prometheus, 8080);
  const stopped = { ...container, state: "exited" as const, hostPorts: [8080] };
  assert.throws(() => choosePorts(asking({ prometheus: 8080 }), { ...observed, containers: [stopped] }), {
    code: "E_PORT_BUSY",
  });
});

it("a service keeps the port that it was published at, as long as nothing else has it", () => {
  const published = upped(LAN, { ...NOTHING, busyPorts: [9090] });
  assert.equal(choosePorts(LAN, { ...published, busyPorts: [9091] }).prometheus, 9091);
  const gone = published.containers.map((one) => ({ ...one, state: "exited" as const }));
  assert.equal(choosePorts(LAN, { ...published, containers: gone, busyPorts: [9091] }).prometheus, 9090);
});

it("when no port is left that is said", () => {
  const busyPorts = candidatePorts(LAN);
  assert.throws(() => choosePorts(LAN, { ...NOTHING, busyPorts }), {
    code: "E_PORT_BUSY",
    message: /from 9090 on are busy/,
  });
});

it("the ports to be looked at are those asked for, and where none is, the usual ones and those after them", () => {
  const candidates = candidatePorts(asking({ prometheus: 8080 }));
  assert.equal(candidates[0], 8080);
  assert.ok(candidates.includes(3000) && candidates.includes(3001) && !candidates.includes(9090));
});
