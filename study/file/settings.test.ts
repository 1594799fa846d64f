import assert from "node:assert/strict";
import { it } from "node:test";
import { parseScenario } from "../../topology/model/scenario.ts";
import { type CellSettings, measuredHosts, readSettings } from "./settings.ts";

it("a cell measures with the hosts of its measurements, and their targets, and no other host that it names", () => {
  const hosts = "{role: server, on: here, structure: prethread, workers: 32}";
  const two = parseScenario(
    "two",
    `title: Two servers
networks: {here: {}}
hosts: {web: ${hosts}, other: ${hosts}, load: {role: loadgen, on: here}}
`,
  );
  const { settings, problems } = readSettings(
    {
      "measure.kind": "load",
      "measure.load.host": "load",
      "measure.load.target": "web:80",
      "measure.load.users": "1",
      "measure.load.seconds": "1",
      "host.web.workers": "8",
      "host.other.workers": "8",
    },
    two,
    String,
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(measuredHosts(settings as CellSettings, two), new Set(["load", "web"]));
});

it("localhost is the host that the measuring one is within, and no other", () => {
  const text = `title: Within
networks: {here: {}}
hosts:
  web: {role: server, on: here}
  load: {role: loadgen, within: web}
  apart: {role: loadgen, on: here}
`;
  const within = parseScenario("within", text);
  const read = (host: string) =>
    readSettings(
      {
        "measure.kind": "load",
        "measure.load.host": host,
        "measure.load.target": "localhost:80",
        "measure.load.users": "1",
        "measure.load.seconds": "1",
      },
      within,
      String,
    );
  assert.deepEqual(measuredHosts(read("load").settings as CellSettings, within), new Set(["load", "web"]));
  assert.deepEqual(
    read("apart").problems.map(({ path, message }) => `${path}: ${message}`),
    ["measure.load.target: apart is within no other host"],
  );
});
