import assert from "node:assert/strict";
import { it } from "node:test";
import { managementOffsets, memberOffsets, neededSize } from "./capacity.ts";

it("links come from 2 on and hosts from 10 on, each with an offset of its own, however many links there are", () => {
  for (const count of [0, 1, 8, 9, 40]) {
    const links = Array.from({ length: count }, (_, index) => ({
      name: `l${index}`,
      between: ["a", "b"] as [string, string],
    }));
    const hosts = ["h0", "h1", "elsewhere"].map((name) => ({ name, network: name === "elsewhere" ? "b" : "a" }));
    const offsets = memberOffsets("a", hosts, links);
    assert.equal(new Set(offsets.values()).size, count + 2);
    assert.equal(offsets.get("h0"), Math.max(10, 2 + count));
    assert.equal(neededSize(offsets), Math.max(10, 2 + count) + 3);
  }
});

it("on the management network all count on from 10", () => {
  assert.deepEqual([...managementOffsets(["a", "b"]).values()], [10, 11, 12, 13, 14]);
});
