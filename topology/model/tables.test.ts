import assert from "node:assert/strict";
import { it } from "node:test";
import { RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "./scenario.ts";

const SOUND = `title: Sound
networks: {servers: {}, site: {}}
hosts:
  server: {role: server, on: servers}
  load: {role: loadgen, on: site}
links:
  wan: {between: [site, servers], rtt: 100ms, rate: 50mbit}
`;

it("a jitter table is read from the file that a link or an event names, each direction its own", () => {
  const files = new Map([
    ["tables/wifi.dist", "-8192 0 8192"],
    ["lte.dist", "0 4096"],
  ]);
  const text = `${SOUND.replace("rate: 50mbit}", "jitter: 5ms, distribution: tables/wifi.dist, forward: {distribution: lte.dist}}")}
events:
  - {at: 1s, link: wan, set: {backward: {distribution: lte.dist}}}
`;
  const topology = parseScenario("tried", text, "tried", (file) => files.get(file) ?? assert.fail(file));
  const { forward, backward } = topology.links[0]?.settings ?? assert.fail("there is a link");
  const nameOf = ({ jitterDistribution: value }: typeof forward) => (typeof value === "string" ? value : value.name);
  assert.deepEqual([nameOf(forward), nameOf(backward)], ["lte.dist", "wifi.dist"]);
  assert.deepEqual(topology.events[0]?.change.backward?.jitterDistribution, forward.jitterDistribution);
});

it("a jitter table that cannot be read, or holds what is no table, is refused beside all else", () => {
  const text = SOUND.replace("rtt:", "jitter: 5ms, distribution: wifi.dist, loss: 120%, rtt:");
  const problems = (readFile: (file: string) => string) => {
    try {
      parseScenario("tried", text, "tried", readFile);
    } catch (error) {
      assert.ok(error instanceof RttlabError);
      return error.problems.map(({ line, code, path, message }) => `${line} ${code} ${path}: ${message}`);
    }
    return [];
  };
  const loss = "7 E_OUT_OF_RANGE links.wan.loss: 120% is out of range";
  assert.deepEqual(
    problems(() => "1 two\nthree"),
    [
      '7 E_BAD_TABLE links.wan.distribution: wifi.dist, line 1: "two" is no such number',
      '7 E_BAD_TABLE links.wan.distribution: wifi.dist, line 2: "three" is no such number',
      "7 E_BAD_TABLE links.wan.distribution: wifi.dist has no two numbers that differ",
      loss,
    ],
  );
  const gone = problems(() => {
    throw new Error("there is none");
  });
  assert.deepEqual(gone, ["7 E_BAD_TABLE links.wan.distribution: wifi.dist cannot be read: there is none", loss]);
});
