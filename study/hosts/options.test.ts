import assert from "node:assert/strict";
import { it } from "node:test";
import { parseScenario } from "../../topology/model/scenario.ts";
import type { Host } from "../../topology/model/topology.ts";
import { readSettings } from "../file/settings.ts";
import { optionsOfCell } from "./options.ts";

const topology = parseScenario(
  "tried",
  `title: A server
networks: {here: {}}
hosts:
  web: {role: server, on: here, structure: prethread, workers: 32}
  load: {role: loadgen, on: here}
`,
);
const web = topology.hosts[0] as Host;

function refusals(settings: Record<string, string>): string[] {
  const { problems } = readSettings(
    { "measure.kind": "load", "measure.load.host": "load", ...settings },
    topology,
    String,
  );
  return problems
    .filter(({ path }) => path.startsWith("host."))
    .map(({ code, path, message }) => `${code} ${path}: ${message}`);
}

it("a cell has its own options, and of those that other cells name the scenario's or the usual ones", () => {
  const named = ["structure", "workers", "backlog", "sack"];
  assert.deepEqual(optionsOfCell(web, { workers: "4" }, named), {
    structure: "prethread",
    workers: "4",
    backlog: "4096",
  });
  assert.deepEqual(optionsOfCell(web, {}, ["sack"]), {});
});

it("a study may set a server's options beside kernel settings", () => {
  assert.deepEqual(refusals({ "host.web.structure": "fork", "host.web.workers": "32", "host.web.sack": "off" }), []);
});

it("values out of range, more workers than the container has room for, and options of other roles are refused", () => {
  assert.deepEqual(
    refusals({ "host.web.structure": "forks", "host.web.workers": "33", "host.load.structure": "event" }),
    [
      "E_BAD_VALUE host.web.structure: forks cannot be read",
      "E_OUT_OF_RANGE host.web.workers: the container of web has room for 32 workers",
      "E_UNKNOWN_KEY host.load.structure: is not known here",
    ],
  );
});

it("a name that only JavaScript's objects know is no setting", () => {
  assert.deepEqual(refusals({ "host.web.constructor": "1" }), [
    "E_UNKNOWN_KEY host.web.constructor: is not known here",
  ]);
});
