import assert from "node:assert/strict";
import { it } from "node:test";
import { patienceMillis } from "./patience.ts";

it("patience is as given on an idle machine, grows with the programs that wait for a core, and has an end", () => {
  assert.equal(patienceMillis(5000, 0.5, 2), 5000);
  assert.equal(patienceMillis(5000, 6, 2), 15_000);
  assert.equal(patienceMillis(5000, 500, 2), 20_000);
  assert.equal(patienceMillis(5000, 4.0001, 2), 10_000, "a whole number, as timers want it");
});
