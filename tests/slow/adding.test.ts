// CONTRIBUTING's table "Adding something" is true: everything in it is added to a copy of the
// repository, by the file and the line that the table names, and works there.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { type Addition, output } from "../adding/addition.ts";
import { copyWith } from "../adding/copy.ts";
import { THINGS } from "../adding/things.ts";
import { ROOT } from "../rules/sources.ts";

const rows = readFileSync(`${ROOT}CONTRIBUTING.md`, "utf8")
  .split(/^## /m)
  .find((section) => section.startsWith("Adding something"))
  ?.split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1)
  .map((line) => line.slice(2, -2).split(" | ")) as [what: string, file: string, line: string][];

const copy = await copyWith(THINGS);
after(() => copy[Symbol.asyncDispose]());

/** Begun before the rest, which it outlasts. */
const seen = ["--singleThreaded", "--incremental", "--tsBuildInfoFile", join(copy.folder, "types.tsbuildinfo")];
const types = output(copy.root, "node_modules/typescript/bin/tsc", "--project", ".", ...seen);
types.catch(() => {});

describe("a thing is added by the file and the line that CONTRIBUTING names, and works:", { concurrency: true }, () => {
  for (const [what, file, line] of rows) {
    it(`one ${what}`, async () => {
      const thing = THINGS.find((each) => each.what === what) ?? assert.fail("nothing tries this row");
      assertNames(file, thing.file?.path);
      assertNames(line, thing.line?.in);
      await thing.works(copy.root);
    });
  }
});

it("everything that is tried has a row in CONTRIBUTING", () => {
  const whats = rows.map(([what]) => what);
  assert.deepEqual(
    THINGS.map(({ what }: Addition) => what).filter((what) => !whats.includes(what)),
    [],
  );
});

it("with everything added, types hold", async () => {
  assert.equal(await types, "");
});

/**
 * The cell of a row names this path, with `<name>` for what is new in it, or says that there is
 * none.
 */
function assertNames(cell: string, path: string | undefined): void {
  const [, pattern] = /^`([^`]+)`/.exec(cell) ?? [];
  if (path === undefined) {
    assert.equal(cell, "none");
    return;
  }
  assert.ok(pattern !== undefined, `${path}: the row names no file`);
  const named = pattern.split(/<[^>]+>/).map((part) => RegExp.escape(part));
  const expected = new RegExp(`^${named.join("[\\w/-]+")}${pattern.endsWith("/") ? ".+" : ""}$`);
  assert.match(path, expected);
}
