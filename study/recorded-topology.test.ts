// Results keep what a scenario says of its hosts.

import assert from "node:assert/strict";
import { it } from "node:test";
import { parseScenario } from "../topology/model/scenario.ts";
import { recordedTopology } from "./recorded-topology.ts";

const scenario = (server: string) => `title: two hosts
networks: {near: {}, far: {}}
hosts:
  client: {role: loadgen, on: near}
  server: {role: server, on: far${server}}
links: {wan: {between: [near, far], rtt: 20ms, rate: 5mbit}}
`;
const recorded = (server: string) => recordedTopology(parseScenario("mine", scenario(server)));

it("a recorded host has its options, its quota and its environment, and a link its settings", () => {
  const { hosts, links } = recorded(", structure: prefork, cpus: 0.5, environment: {RTTLAB_SITE_SEED: '7'}");
  assert.deepEqual(
    hosts.map(({ settings }) => settings),
    ["", "structure=prefork cpus=0.5 RTTLAB_SITE_SEED=7"],
  );
  assert.match(links[0]?.settings ?? "", /5mbit/);
});

it("a recorded program of one's own has its image and command", () => {
  const text = scenario("").replace("role: server", "image: my/service:1, port: 80, command: [serve, fast]");
  const [, server] = recordedTopology(parseScenario("mine", text)).hosts;
  assert.match(server?.settings ?? "", /image=my\/service:1 .*command=serve fast/);
});
