// Words of a command line as npm passes them on.

import assert from "node:assert/strict";
import { it } from "node:test";
import { restoreOptions } from "./npm-options.ts";

const THROUGH_NPM = { npm_lifecycle_event: "topology", npm_config_json: "true" };

it("a word that is given twice stays twice, for the second may mean something else", () => {
  const words = ["set", "wan", "forward", "loss=1%", "backward", "loss=1%"];
  assert.deepEqual(restoreOptions(words, {}), words);
});

it("an option that npm took or passed on as a word is there once", () => {
  assert.deepEqual(restoreOptions(["status"], THROUGH_NPM), ["status", "--json"]);
  assert.deepEqual(restoreOptions(["status", "json", "--json"], THROUGH_NPM), ["status", "--json"]);
  assert.deepEqual(restoreOptions(["status", "json"], {}), ["status", "--json"]);
  assert.deepEqual(restoreOptions(["status"], {}), ["status"]);
});
