// The scenarios that come with the testbed, and the schema that editors check scenarios with.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { EXIT, exitStatus, RttlabError } from "../../lib/errors.ts";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import { rttMillis } from "../../lib/link/link.ts";
import { readScenario, SCENARIO_FOLDER, scenarioNames } from "../scenarios/read-scenario.ts";
import { scenarioJsonSchema } from "./json-schema.ts";

it("every scenario that comes with the testbed can be read and points to its schema", async () => {
  const names = await scenarioNames();
  assert.deepEqual(names, [
    "adsl",
    "bufferbloat",
    "datacenter",
    "dumbbell",
    "lan",
    "languages",
    "lossy-access",
    "mobile",
    "one-path",
    "paths",
    "peers",
    "satellite-600ms",
    "saturation",
    "structures",
    "two-clients",
    "two-hops",
    "wan-100ms",
    "wan-100ms-lossy",
    "wan-20ms",
    "wifi",
    "workers-and-cores",
  ]);
  for (const name of names) {
    assert.equal((await readScenario(name)).name, name);
    const text = await readFile(join(SCENARIO_FOLDER, `${name}.yaml`), "utf8");
    assert.match(text, /^# yaml-language-server: \$schema=\.\/scenario\.schema\.json\n/);
  }
});

it("the JSON Schema that editors use is in step with the format", async () => {
  const committed = await readFile(join(SCENARIO_FOLDER, "scenario.schema.json"), "utf8");
  assert.deepEqual(JSON.parse(committed), scenarioJsonSchema(), "run npm run generate");
});

it("wan-100ms has two sites, each 100 ms and 50 Mbit/s away from the server, behind a queue of one product", async () => {
  const { networks, hosts, links } = await readScenario("wan-100ms");
  assert.deepEqual(
    networks.map(({ name }) => name),
    ["servers", "site-a", "site-b"],
  );
  assert.deepEqual(
    hosts.map(({ name, network, role }) => [name, network, role]),
    [
      ["server", "servers", "server"],
      ["load-a", "site-a", "loadgen"],
      ["load-b", "site-b", "loadgen"],
      ["rudp-sink", "servers", "rudp"],
      ["rudp-a", "site-a", "rudp"],
    ],
  );
  for (const { settings } of links) {
    assert.equal(rttMillis(settings), 100);
    for (const direction of [settings.forward, settings.backward]) {
      assert.deepEqual(direction, {
        ...UNIMPAIRED,
        delayMillis: 50,
        rateBitsPerSecond: 50e6,
        queue: { kind: "drop-tail", amount: 1, unit: "bdp" },
      });
    }
  }
});

it("a scenario of no such name is refused with the names there are", async () => {
  await assert.rejects(readScenario("wan-1s"), (error: unknown) => {
    assert.ok(error instanceof RttlabError);
    assert.equal(error.code, "E_BAD_SCENARIO_NAME");
    assert.match(error.message, /adsl, bufferbloat, .*two-hops, wan-100ms, wan-100ms-lossy, wan-20ms, wifi/);
    return exitStatus(error) === EXIT.badInput;
  });
});
