import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { withMarkedText } from "../../lib/marked-text.ts";
import { ROOT } from "../part.ts";
import { ENGINES } from "./engines.ts";
import {
  type EngineResult,
  engineSummary,
  engineTable,
  MARK,
  mergeResults,
  readResults,
  readTotals,
  resultLines,
} from "./table.ts";

const result = (changes: Partial<EngineResult>): EngineResult => ({
  engine: "sid",
  part: "killed",
  version: "28.5.2",
  apiVersion: "1.51",
  date: "2026-11-28",
  passed: 11,
  failed: 0,
  skipped: 0,
  seconds: 60,
  ...changes,
});

describe("results of engines", () => {
  it("are the totals of the last line of `npm test`", () => {
    assert.deepEqual(readTotals("killed  9.1 s  ok\n\n11 passed, 0 failed\n"), { passed: 11, failed: 0, skipped: 0 });
    const nested = "9 passed, 0 failed\nkilled  9.1 s  1 failed\n\n10 passed, 1 failed\n";
    assert.deepEqual(readTotals(nested), { passed: 10, failed: 1, skipped: 0 });
    assert.deepEqual(readTotals("\n9 passed, 2 failed, 1 skipped\n"), { passed: 9, failed: 2, skipped: 1 });
  });

  it("are a failure where a run ended without totals", () => {
    assert.deepEqual(readTotals("E_USAGE: test none: there is no such part"), { passed: 0, failed: 1, skipped: 0 });
  });

  it("take the place of earlier ones of the same engine and part only", () => {
    const earlier = [result({ failed: 1 }), result({ part: "link" }), result({ engine: "trixie" })];
    const merged = mergeResults(earlier, [result({})]);
    assert.deepEqual(merged, [earlier[1], earlier[2], result({})]);
  });

  it("make a table with a row for each engine that ran, a column for each part, failures in bold and refusals", () => {
    const results = [
      ...[result({}), result({ engine: "trixie", part: "link", version: "26.1.5", passed: 7, failed: 2 })],
      result({ engine: "other", passed: 0, refusal: "E_BACKEND_UNAVAILABLE" }),
    ];
    const engines = ["bookworm", "trixie", "sid", "other"].map((name) => ({ name, title: "an engine" }));
    assert.deepEqual(engineTable(results, engines).split("\n"), [
      "| engine | version | killed | link | run on |",
      "| --- | --- | --- | --- | --- |",
      "| `trixie`: an engine | 26.1.5 (API 1.51) | not run | **2 of 9 failed** | 2026-11-28 |",
      "| `sid`: an engine | 28.5.2 (API 1.51) | 11 of 11 | not run | 2026-11-28 |",
      "| `other`: an engine | 28.5.2 (API 1.51) | refused: `E_BACKEND_UNAVAILABLE` | not run | 2026-11-28 |",
    ]);
  });

  it("make a paragraph of where tests passed, where one failed, and what is refused, by version", () => {
    const results = [
      ...["bookworm", "sid", "nftables"].map((engine) => result({ engine, version: "28.5.2+dfsg4" })),
      result({ engine: "trixie", version: "26.1.5" }),
      result({ engine: "sid", part: "link", failed: 1 }),
      result({ engine: "rootless", refusal: "E_BACKEND_UNAVAILABLE" }),
    ];
    const engines = ["bookworm", "trixie", "sid", "nftables", "rootless", "not-run"].map((name) => ({ name }));
    assert.equal(
      engineSummary(results, engines).replaceAll("\n", " "),
      "**Engines**: tests passed on 28.5.2 (`bookworm`, `nftables`), 26.1.5 (`trixie`); some failed on 28.5.2 (`sid`); " +
        "`plan` refuses, with what to change, 28.5.2 (`rootless`). [The table](docs/engines.md) has what ran.",
    );
  });

  it("are on the pages as the file of results has them", async () => {
    const read = (path: string) => readFile(join(ROOT, path), "utf8");
    const lines = await read("docs/engines.ndjson");
    const results = readResults(lines);
    assert.equal(resultLines(results), lines);
    for (const [path, textOf] of [
      ["docs/engines.md", engineTable],
      ["README.md", engineSummary],
    ] as const) {
      const page = await read(path);
      assert.equal(withMarkedText(page, MARK, textOf(results, ENGINES)), page);
    }
  });
});
