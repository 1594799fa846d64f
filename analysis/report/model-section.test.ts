// Where a report says that a model fails, and where it says that it cannot tell.

import assert from "node:assert/strict";
import { it } from "node:test";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import { analyse } from "../analyse.ts";
import { modelSection } from "./model-section.ts";

/** Of a study of the four plans of one path, whose model says `factor` times what it should. */
function failures(repetitions: number, factor: (cell: number, run: number) => number): readonly string[] {
  const size = { rtts: [10], rates: [10e6], objectBytes: [10_240], repetitions, requests: 0 };
  const { manifest, runs } = syntheticStudy(size);
  const predicted = new Map(manifest.predictions.map(({ cell, value }) => [cell, value]));
  const ids = manifest.cells.map(({ id }) => id);
  const measured = runs.map((run) => {
    const pageTime = (predicted.get(run.cell) ?? 0) / factor(ids.indexOf(run.cell), run.block);
    return { ...run, voidReason: null, values: { pageTime } };
  });
  const predictions = manifest.predictions.map((each) => ({ ...each, brokenAssumptions: [] }));
  const blocks = modelSection(analyse({ ...manifest, predictions }, measured));
  return blocks.flatMap((block) => (block.kind === "list" ? block.items : []));
}

const NONE = "In no cell is it off by more than 10 % beyond chance.";

it("a model that is right everywhere is off nowhere beyond chance, and nothing is left open", () => {
  assert.deepEqual(
    failures(3, () => 1),
    [NONE],
  );
});

it("a single run of a cell does not say that the model fails there, nor that it fails nowhere", () => {
  const [none, open, ...others] = failures(1, () => 0.1);
  assert.equal(none, NONE);
  assert.match(open ?? "", /^It cannot be said of 4 cells, .* over 10 % .*: 1\.0-serial; 1\.0-parallel; /);
  assert.deepEqual(others, []);
});

it("runs that scatter across the tenth leave a cell open beside those in which the model fails", () => {
  const scattered = (cell: number, run: number) => (cell === 0 ? 0.5 : cell === 1 ? ([0.3, 1.2, 2.2][run] ?? 1) : 1);
  const items = failures(3, scattered);
  assert.match(items[0] ?? "", /^In its domain, yet off by more than 10 % beyond chance, in 1 cell: 1\.0-serial\./);
  assert.match(items[1] ?? "", /^It cannot be said of 1 cell, .*: 1\.0-parallel\.$/);
  assert.ok(!items.includes(NONE));
});
