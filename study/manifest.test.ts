// A resumed study says which of its circumstances changed, and which its beginning did not keep.

import assert from "node:assert/strict";
import { it } from "node:test";
import { describeResumption } from "../analysis/report/resumption.ts";
import type { Environment } from "../analysis/results.ts";
import { syntheticStudy } from "../tests/study/synthetic.ts";
import { resumedManifest, resumptionOf, uncalibratedLinks } from "./manifest.ts";

const ENVIRONMENT: Environment = {
  facts: {},
  generator: "",
  offloads: { server: { eth1: ["scatter-gather"] } },
  topology: {
    networks: ["near", "far"],
    hosts: [{ name: "server", role: "server", on: "far", settings: "structure=event" }],
    links: [{ name: "wan", between: ["near", "far"], settings: "rate 50mbit" }],
  },
};
const AT = { at: "2026-01-02T03:04:05.000Z", fromRun: 7 };
const begunOn = (environment: Environment) => ({ environment, scenario: { text: "", files: {} } });

it("links whose calibration an earlier resumption did not end are calibrated by the next, and then no more", () => {
  const { manifest } = syntheticStudy({ repetitions: 1 });
  assert.deepEqual(uncalibratedLinks(manifest, []), []);
  const interrupted = { ...manifest, uncalibrated: ["wan-a"] };
  assert.deepEqual(uncalibratedLinks(interrupted, []), ["wan-a"]);
  assert.deepEqual(uncalibratedLinks(interrupted, ["wan-a", "wan-b"]), ["wan-a", "wan-b"]);
  const gone = resumedManifest(interrupted, { ...AT, otherwise: {} });
  assert.deepEqual(uncalibratedLinks(gone, []), []);
});

it("a resumed study says from which run on, and which facts are new, other or gone", () => {
  const facts = { Node: "v26", rttlab: "a1", tc: "6.1" };
  const begun = begunOn({ ...ENVIRONMENT, facts });
  const changed = { ...ENVIRONMENT, facts: { Node: "v26", rttlab: "b2", libc: "2.36" } };
  const first = resumptionOf(begun, changed, AT);
  assert.deepEqual(first, { ...AT, otherwise: { rttlab: "b2", tc: "none", libc: "2.36" } });
  const { manifest } = syntheticStudy({ repetitions: 1 });
  const again = resumedManifest({ ...manifest, ...begun }, first);
  assert.deepEqual(again, { ...manifest, ...begun, resumed: [first] });
  const second = resumptionOf(again, begun.environment, { ...AT, fromRun: 9 });
  assert.deepEqual(second, { ...AT, fromRun: 9, otherwise: {} });
  assert.deepEqual(resumedManifest(again, second).resumed, [first, second]);
});

it("a resumed study names a link, a host and an offload that are not as at its beginning", () => {
  const { topology } = ENVIRONMENT;
  const changed: Environment = {
    ...ENVIRONMENT,
    offloads: { server: { eth1: ["tcp-segmentation-offload"] } },
    topology: {
      ...topology,
      hosts: topology.hosts.map((host) => ({ ...host, settings: "structure=event cpus=0.5" })),
      links: topology.links.map((link) => ({ ...link, settings: "rate 5mbit" })),
    },
  };
  assert.deepEqual(resumptionOf(begunOn(ENVIRONMENT), changed, AT).otherwise, {
    wan: "near to far: rate 5mbit",
    "settings of server": "structure=event cpus=0.5",
    "scatter-gather of server eth1": "off",
    "tcp-segmentation-offload of server eth1": "on",
  });
});

it("a study that began with an early version says what its beginning did not keep", () => {
  const { offloads: _, topology, ...rest } = ENVIRONMENT;
  const hosts = topology.hosts.map(({ settings: _, ...host }) => host);
  const early = { environment: { ...rest, topology: { ...topology, hosts } } };
  const resumption = resumptionOf(early, ENVIRONMENT, AT);
  const unknown = ["the scenario's text", "settings of hosts", "offloads"];
  assert.deepEqual(resumption, { ...AT, otherwise: {}, unknown });
  assert.match(describeResumption(resumption), /from run 8 on, .* as far as that is known.*: the scenario's text, /);
});
