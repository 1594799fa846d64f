import assert from "node:assert/strict";
import { it } from "node:test";
import { attachment } from "./attachment.ts";

// tests/docker/lost.test.ts removes interfaces.
it("an interface that is there is attached, and one that was never there is not", () => {
  assert.equal(attachment("lo")(), true);
  assert.equal(attachment("no-such-device")(), false);
});
