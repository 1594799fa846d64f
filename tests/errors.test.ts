// docs/errors.md has every code of errors and problems, and no other.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { isSource, ROOT, repositoryFiles } from "./rules/sources.ts";

it("every error code is explained in docs/errors.md, and every code there is used", () => {
  const used = repositoryFiles()
    .filter(isSource)
    .filter(({ path }) => !path.endsWith(".test.ts") && !path.startsWith("tests/"))
    .flatMap(({ text }) => [...text.matchAll(/["'`](E_[A-Z_]*[A-Z])["'`]/g)])
    .map((match) => match[1] as string);
  const explained = [...readFileSync(`${ROOT}docs/errors.md`, "utf8").matchAll(/`(E_[A-Z_]+)`/g)].map(
    (match) => match[1] as string,
  );
  assert.deepEqual(
    used.filter((code) => !explained.includes(code)),
    [],
    "not explained",
  );
  assert.deepEqual(
    explained.filter((code) => !used.includes(code)),
    [],
    "not used any more",
  );
});
