// The reader of .htaccess step by step, for events that no real file system produces on demand.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { it } from "node:test";
import { createHtaccess } from "./htaccess.ts";

it("a file that is removed between the look at it and its opening is none, until it is there again", () => {
  const htaccess = createHtaccess(() => assert.fail("nothing is broken"));
  const stats = statSync(import.meta.filename);
  const removed = Object.assign(new Error("removed"), { code: "ENOENT" });
  for (let time = 0; time < 2; time++) {
    const steps = htaccess.read("/site");
    assert.equal((steps.next().value as { op: string }).op, "stat");
    assert.equal((steps.next(stats).value as { op: string }).op, "realpath");
    assert.deepEqual(steps.throw(removed), { done: true, value: null });
  }
});
