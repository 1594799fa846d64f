// The reader of .htaccess step by step, for what no real file system does on demand.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { createHtaccessReader } from "./htaccess.ts";

test("a file that is removed between the look at it and its opening is none", () => {
  const steps = createHtaccessReader(() => assert.fail("nothing is broken"))("/site");
  assert.equal((steps.next().value as { op: string }).op, "stat");
  assert.equal((steps.next(statSync(import.meta.filename)).value as { op: string }).op, "realpath");
  const removed = Object.assign(new Error("removed"), { code: "ENOENT" });
  assert.deepEqual(steps.throw(removed), { done: true, value: null });
});
