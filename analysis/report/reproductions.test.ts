import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { withMarkedText } from "../../lib/marked-text.ts";
import { ROOT } from "../../tests/rules/sources.ts";
import type { Comparison } from "../compare.ts";
import type { Cell, Manifest } from "../results.ts";
import {
  MARK,
  type Reproduction,
  readReproductions,
  reproductionLines,
  reproductionOf,
  reproductionTables,
  withReproduction,
} from "./reproductions.ts";

const manifest = (startedAt: string) => ({ name: "waits", startedAt }) as Manifest;
const cell = (id: string) => ({ id, levels: {} }) as Cell;
const kernel = { name: "kernel", before: "6.1", after: "7.0" };
const images = ["image rttlab/server:1", "image rttlab/link:2"].map((name) => ({ ...kernel, name }));
const comparison: Comparison = {
  cells: [
    { cell: cell("a"), quantity: "rate", ratio: { value: 1, lower: 0.99, upper: 1.01 }, verdict: "same" },
    { cell: cell("b"), quantity: "rate", ratio: { value: 1.5, lower: 1.4, upper: 1.6 }, verdict: "different" },
  ],
  quantities: [{ quantity: "rate", same: 1, different: 1, inconclusive: 0 }],
  unmatched: ["c"],
  differences: { asked: [], found: [kernel, ...images], unknown: [] },
  verdict: "different",
};
const found = reproductionOf([manifest("2026-11-30T20:00:00Z"), manifest("2026-12-01T09:00:00Z")], comparison, 0.1);

describe("studies that were run again", () => {
  it("have a row for each quantity, and each cell that differs", () => {
    assert.deepEqual(reproductionTables([found]).split("\n"), [
      "| study | published | again | quantity | margin | same | different | inconclusive | also |",
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
      "| [waits](reports/waits/report.md) | 2026-11-30 | 2026-12-01 | rate | 10 % | 1 of 2 | 1 | 0 | only in one: c; found otherwise: kernel, images |",
      "",
      "| study | again | quantity | cell | again ÷ published |",
      "| --- | --- | --- | --- | --- |",
      "| waits | 2026-12-01 | rate | b | × 1.50 (1.40 to 1.60) |",
    ]);
  });

  it("take the place of a record of the same days and margin, and stand by their study and day", () => {
    const sooner: Reproduction = { ...found, again: "2026-11-30" };
    const all = [found, sooner, { ...found, different: [] }, { ...found, study: "a" }].reduce(withReproduction, []);
    assert.deepEqual(
      all.map(({ study, again, different }) => [study, again, different.length]),
      [
        ["a", "2026-12-01", 1],
        ["waits", "2026-11-30", 1],
        ["waits", "2026-12-01", 0],
      ],
    );
  });

  it("are on the page as the file of records has them", async () => {
    const [lines, page] = await Promise.all(
      ["ndjson", "md"].map((ending) => readFile(`${ROOT}docs/reproduced.${ending}`, "utf8")),
    );
    const records = readReproductions(lines ?? "");
    assert.equal(reproductionLines(records), lines);
    assert.equal(withMarkedText(page ?? "", MARK, reproductionTables(records)), page);
  });
});
