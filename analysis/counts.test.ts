// Packets by transfer have the interval of the packets of their runs. No count: Student's.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../tests/study/synthetic.ts";
import { summarizeCells } from "./cells.ts";
import type { Manifest, Run } from "./results.ts";
import { countWithInterval } from "./stats/count-interval.ts";
import { meanWithInterval } from "./stats/mean-interval.ts";

const { manifest: whole } = syntheticStudy({ rtts: [10], rates: [2e6], objectBytes: [1024], repetitions: 1 });
const [cell] = whole.cells;
assert.ok(cell !== undefined);
const manifest: Manifest = {
  ...whole,
  cells: [cell],
  quantities: ["droppedPackets", "droppedPacketsPerTransfer"].map((name) => ({ name, label: name, unit: "packets" })),
};

function meanOf(quantity: string, runs: readonly Run["values"][]) {
  const all = runs.map(
    (values, index): Run => ({
      index,
      cell: cell?.id ?? "",
      block: index,
      startedAt: "",
      voidReason: null,
      saturated: "none",
      values,
    }),
  );
  return summarizeCells(manifest, all)[0]?.quantities.get(quantity)?.mean;
}

const runsOf = (drops: readonly number[], transfers: (run: number) => Run["values"]) =>
  drops.map((droppedPackets, run) => {
    const by = transfers(run);
    const count = by.transfers ?? by.pages ?? by.requests ?? 1;
    return { ...by, droppedPackets, droppedPacketsPerTransfer: droppedPackets / count };
  });

describe("packets by transfer", () => {
  it("have the interval of the packets of the runs, by their transfers, pages or requests", () => {
    const { value, lower, upper } = countWithInterval([0, 1, 0]);
    for (const transfers of [{ transfers: 50 }, { requests: 500, pages: 50 }, { requests: 50 }]) {
      const mean = meanOf(
        "droppedPacketsPerTransfer",
        runsOf([0, 1, 0], () => transfers),
      );
      assert.deepEqual(mean, { value: value / 50, lower: (lower ?? 0) / 50, upper: (upper ?? 0) / 50 });
    }
  });

  it("are bounded by all transfers where none lost a packet", () => {
    const mean = meanOf(
      "droppedPacketsPerTransfer",
      runsOf([0, 0, 0], () => ({ requests: 100 })),
    );
    // 3.689 events at most (Garwood), of 300 transfers
    assert.ok(Math.abs((mean?.upper ?? 0) - 3.689 / 300) < 1e-5, `${mean?.upper}`);
  });

  it("have a mean that is their own, and lies in its interval, where runs differ in their transfers", () => {
    const drops = [0, 2, 1, 0];
    const counts = [40, 44, 52, 38];
    const mean = meanOf(
      "droppedPacketsPerTransfer",
      runsOf(drops, (run) => ({ requests: counts[run] ?? 1 })),
    );
    const own = drops.reduce((sum, dropped, run) => sum + dropped / (counts[run] ?? 1), 0) / drops.length;
    assert.ok(Math.abs((mean?.value ?? 0) - own) < 1e-12);
    assert.ok((mean?.lower ?? 1) < own && own < (mean?.upper ?? 0));
  });
});

it("whole numbers of packets are counts, and what is not whole is none", () => {
  assert.deepEqual(meanOf("droppedPackets", [{ droppedPackets: 0 }, { droppedPackets: 1 }]), countWithInterval([0, 1]));
  assert.deepEqual(
    meanOf("droppedPackets", [{ droppedPackets: 0 }, { droppedPackets: 0.5 }]),
    meanWithInterval([0, 0.5]),
  );
});
