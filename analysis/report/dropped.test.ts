// The threat that dropped requests are.

import assert from "node:assert/strict";
import { it } from "node:test";
import type { Run } from "../results.ts";
import { droppedThreat } from "./dropped.ts";

const run = (values: Run["values"]): Run => {
  return { index: 0, cell: "", block: 0, startedAt: "", voidReason: null, saturated: "none", values };
};

it("requests that were dropped are a threat to what is said of times, with the largest share of a run", () => {
  const cells = [
    { runs: [run({ droppedRequests: 0, requests: 100 }), run({ droppedRequests: 50, requests: 50 })] },
    { runs: [run({ droppedRequests: 0, requests: 9, secondDroppedRequests: 2000, secondRequests: 1000 })] },
    { runs: [run({ droppedRequests: 0, requests: 100 }), run({ requestSeconds: 1 })] },
  ];
  assert.equal(
    droppedThreat(cells),
    "In 2 cells requests were dropped, in a run up to 67 % of them: they have no time, and what is said of times is of the others, which waited less.",
  );
  assert.equal(droppedThreat(cells.slice(2)), null);
});
