// The manifest of a resumed study has the circumstances that changed.

import assert from "node:assert/strict";
import { it } from "node:test";
import { syntheticStudy } from "../tests/study/synthetic.ts";
import { resumedManifest, uncalibratedLinks } from "./manifest.ts";

it("links whose calibration an earlier resumption did not end are calibrated by the next, and then no more", () => {
  const { manifest } = syntheticStudy({ repetitions: 1 });
  assert.deepEqual(uncalibratedLinks(manifest, []), []);
  const interrupted = { ...manifest, uncalibrated: ["wan-a"] };
  assert.deepEqual(uncalibratedLinks(interrupted, []), ["wan-a"]);
  assert.deepEqual(uncalibratedLinks(interrupted, ["wan-a", "wan-b"]), ["wan-a", "wan-b"]);
  const gone = resumedManifest(interrupted, { facts: {} }, { at: "", fromRun: 7 });
  assert.deepEqual(uncalibratedLinks(gone, []), []);
});

it("a resumed study says from which run on, and which facts are new, other or gone", () => {
  const { manifest } = syntheticStudy({ repetitions: 1 });
  const begun = {
    ...manifest,
    environment: { ...manifest.environment, facts: { Node: "v26", rttlab: "a1", tc: "6.1" } },
  };
  const at = "2026-01-02T03:04:05.000Z";
  const again = resumedManifest(begun, { facts: { Node: "v26", rttlab: "b2", libc: "2.36" } }, { at, fromRun: 7 });
  assert.deepEqual(again.resumed, [{ at, fromRun: 7, otherwise: { rttlab: "b2", tc: "none", libc: "2.36" } }]);
  assert.deepEqual({ ...again, resumed: undefined }, { ...begun, resumed: undefined });
  const twice = resumedManifest(again, { facts: begun.environment.facts }, { at, fromRun: 9 });
  assert.deepEqual(twice.resumed?.at(-1), { at, fromRun: 9, otherwise: {} });
});
