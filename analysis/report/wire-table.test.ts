import assert from "node:assert/strict";
import { it } from "node:test";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import { analyse } from "../analyse.ts";
import type { CapturedConnection } from "../traces/wire.ts";
import { wireTable } from "./wire-table.ts";

const { manifest, runs } = syntheticStudy({ rtts: [10], rates: [10e6], objectBytes: [10_240], repetitions: 3 });

const connection = (
  setupSeconds: number,
  transferSeconds: number | null,
  resentSegments: number | null = 1,
): CapturedConnection => {
  const ends = { link: "wan", opener: "10.0.1.10:40000", other: "10.0.2.10:80" };
  return { ...ends, setupSeconds, transferSeconds, teardownSeconds: null, bytes: 2000, resentSegments };
};

/** The columns after those of the factors. */
function rowOf(wire: readonly CapturedConnection[]) {
  const [first] = runs.filter(({ voidReason }) => voidReason === null);
  const seen = runs.map((run) => (run === first ? { ...run, wire } : run));
  const [block] = wireTable(analyse(manifest, seen));
  assert.ok(block?.kind === "table");
  const { head, rows } = block.table;
  assert.equal(rows.length, 1);
  const row = Object.fromEntries(head.map((title, at) => [title, rows[0]?.[at]]));
  return ["link", "connections", "set-up", "transfer", "teardown", "segments sent again"].map((title) => row[title]);
}

it("captured connections have their phases by cell, as medians of those that were seen to their end", () => {
  const found = rowOf([connection(0.1, 0.3), connection(0.12, null), connection(0.11, 0.5)]);
  assert.deepEqual(found, ["wan", "3", "110 ms", "400 ms", "–", "3"]);
});

it("what captured connections sent again is a bound where some were not seen to their end, and unknown of none", () => {
  const unseen = connection(0.1, null, null);
  assert.equal(rowOf([connection(0.1, 0.3), unseen]).at(-1), "at least 1");
  assert.equal(rowOf([unseen]).at(-1), "–");
});

it("there is no such table where nothing was captured", () => {
  assert.deepEqual(wireTable(analyse(manifest, runs)), []);
});
