import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { MARK, type Reproduction } from "../../analysis/report/reproductions.ts";
import type { RttlabError } from "../../lib/errors.ts";
import { compare } from "../commands/compare.ts";
import { recordReproduction } from "./record.ts";

const again: Reproduction = {
  study: "waits",
  published: "2026-11-30",
  again: "2026-12-01",
  margin: 0.05,
  quantities: [{ quantity: "pageTime", same: 8, different: 0, inconclusive: 1 }],
  different: [],
  asked: [],
  found: [],
  unmatched: [],
};

it("what came of a study that was run again is on the page once, and the rest of the page stays", async (context) => {
  const docs = await folderFor(context);
  const [page, records] = [join(docs, "reproduced.md"), join(docs, "reproduced.ndjson")];
  await writeFile(page, `Above.\n<!-- ${MARK.name}: ${MARK.by} -->\n<!-- /${MARK.name} -->\nBelow.\n`);
  await writeFile(records, "");
  for (const _ of ["first", "again"]) await recordReproduction(join(docs, "reports", "waits"), again);
  const written = await readFile(page, "utf8");
  const rows = written.split("\n").filter((line) => line.startsWith("| [waits]"));
  assert.deepEqual(rows, [
    "| [waits](reports/waits/report.md) | 2026-11-30 | 2026-12-01 | pageTime | 5 % | 8 of 9 | 0 | 1 |  |",
  ]);
  assert.ok(written.startsWith("Above.\n") && written.endsWith("\nBelow.\n"), written);
  assert.equal(await readFile(records, "utf8"), `${JSON.stringify(again)}\n`);
});

it("results that are no published report have no page, which is said beside what else is wrong", async (context) => {
  const docs = await folderFor(context);
  const output = { result: async () => undefined } as unknown as Parameters<typeof compare>[1];
  const attempt = compare([join(docs, "reports", "waits"), "results/mine", "record"], output);
  await assert.rejects(attempt, ({ code, problems }: RttlabError) => {
    assert.deepEqual([code, problems.map(({ path }) => path).includes("record")], ["E_USAGE", true]);
    return true;
  });
});

async function folderFor(context: TestContext): Promise<string> {
  const docs = await mkdtemp(join(tmpdir(), "rttlab-docs-"));
  context.after(() => rm(docs, { recursive: true }));
  await mkdir(join(docs, "reports", "waits"), { recursive: true });
  return docs;
}
