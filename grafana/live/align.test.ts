// Lines on top of each other: the sums that a stacked panel draws.

import assert from "node:assert/strict";
import { it } from "node:test";
import { stack } from "./align.js";

it("columns are stacked on those chosen before them, and what is missing adds nothing", () => {
  const columns = [
    [1, 2, null],
    [10, null, null],
    [100, 100, 100],
  ];
  assert.deepEqual(stack(columns, [0, 1, 2]), [
    [1, 2, null],
    [11, 2, null],
    [111, 102, 100],
  ]);
});

it("a column that is not chosen stays as it is and bears nothing", () => {
  assert.deepEqual(stack([[1], [10], [100]], [0, 2]), [[1], [10], [101]]);
});
