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
  assert.deepEqual(measuredHosts(settings as CellSettings), new Set(["load", "web"]));
});
