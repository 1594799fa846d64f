import assert from "node:assert/strict";
import { it } from "node:test";
import { idleTimeoutMillis } from "./idle-timeout.ts";

const options = { minimumMillis: 2_000, maximumMillis: 60_000, capacity: 100 };

it("the time-out is the maximum on an idle server and the minimum at capacity and beyond", () => {
  assert.equal(idleTimeoutMillis(0, options), 60_000);
  assert.equal(idleTimeoutMillis(100, options), 2_000);
  assert.equal(idleTimeoutMillis(1_000, options), 2_000);
});

it("in between it falls with every connection, in proportion to the room that is left", () => {
  assert.equal(idleTimeoutMillis(50, options), 31_000);
  for (let open = 0; open < 100; open++) {
    assert.ok(idleTimeoutMillis(open + 1, options) < idleTimeoutMillis(open, options));
  }
});

it("equal bounds make it constant", () => {
  assert.equal(idleTimeoutMillis(7, { ...options, maximumMillis: 2_000 }), 2_000);
});
