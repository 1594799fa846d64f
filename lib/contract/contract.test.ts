// docs/container-contract.md names every operation of the table and no other.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { opOf } from "./contract.ts";

const ROOT = join(import.meta.dirname, "../..");

async function named(path: string, row: RegExp): Promise<string[]> {
  const text = await readFile(join(ROOT, path), "utf8");
  return [...text.matchAll(row)].map(([, name = ""]) => name).sort();
}

it("the document of the contract has a row for each operation of the table", async () => {
  const table = await named("lib/contract/contract.ts", /^ {2}"?([a-z.]+)"?: \{ request: /gm);
  const documented = await named("docs/container-contract.md", /^\| `([a-z.]+)` \|/gm);
  assert.ok(table.includes("link.set") && table.includes("quiet"), `${table}`);
  assert.deepEqual(documented, table);
});

it("only what stands behind the service's name is sent", () => {
  assert.deepEqual([opOf("link.set"), opOf("quiet")], ["set", "quiet"]);
});
