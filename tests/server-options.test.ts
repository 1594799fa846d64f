// The options of servers, which scenarios read, are generated from the settings of the server.

import assert from "node:assert/strict";
import { it } from "node:test";
import { scenarioOptions } from "../services/server/scenario-options.ts";
import committed from "../topology/roles/server-options.json" with { type: "json" };

it("the options of servers in scenarios are those that the server reads", () => {
  assert.deepEqual(committed, scenarioOptions(), "run npm run generate");
});
