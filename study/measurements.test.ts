// The measurements of a cell, from its settings.

import assert from "node:assert/strict";
import { it } from "node:test";
import { measurementsIn } from "./measurements.ts";

it("a cell's own measurement has the words of its kind, and those beside it that have a kind have theirs", () => {
  const { own, beside } = measurementsIn({
    "measure.kind": "load",
    "measure.load.host": "client",
    "measure.load.seconds": "2",
    "measure.rudp.seconds": "9",
    "host.server.sack": "off",
    "beside.rival.kind": "rudp",
    "beside.rival.after": "1s",
    "beside.second.host": "other",
  });
  assert.deepEqual(own, {
    name: "",
    kind: "load",
    place: "measure.load",
    words: { host: "client", seconds: "2" },
  });
  assert.deepEqual(beside, [
    { name: "rival", kind: "rudp", place: "beside.rival", words: { kind: "rudp", after: "1s" } },
  ]);
});

it("a cell without a kind of measurement has no words of one", () => {
  assert.deepEqual(measurementsIn({ "measure.load.seconds": "2" }).own.words, {});
});
