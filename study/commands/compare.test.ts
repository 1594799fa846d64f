// The words of `study compare`, and the folders, that it cannot use.

import assert from "node:assert/strict";
import { it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import { ROOT } from "../../topology/testbed/perform.ts";
import { compare } from "./compare.ts";

const OUTPUT: Output = { json: false, result: async () => {}, progress: () => {} };
const REPORT = `${ROOT}/docs/reports/echo`;

/** The code of the refusal, and the place of each problem. */
async function refused(...words: string[]): Promise<string[]> {
  const error = await compare(words, OUTPUT).then(
    () => assert.fail("it was not refused"),
    (reason) => reason as RttlabError,
  );
  return [error.code, ...error.problems.map(({ code, path }) => `${code} ${path}`)];
}

it("a comparison lists every word that it cannot use, and both folders", async () => {
  assert.deepEqual(await refused("./no", "./none", "margin=much", "at=5%"), [
    "E_USAGE",
    "E_UNKNOWN_KEY margin=much",
    "E_UNKNOWN_KEY at=5%",
    "E_BAD_RESULTS reading results of ./no",
    "E_BAD_RESULTS reading results of ./none",
  ]);
  assert.deepEqual(await refused("./no", "./none"), [
    "E_BAD_RESULTS",
    "E_BAD_RESULTS reading results of ./no",
    "E_BAD_RESULTS reading results of ./none",
  ]);
});

it("a comparison lists the quantities that no run measures beside its words", async () => {
  assert.deepEqual(await refused(REPORT, REPORT, "of=joy,requestSeconds,grief", "recrod"), [
    "E_USAGE",
    "E_UNKNOWN_KEY recrod",
    "E_UNKNOWN_QUANTITY of",
    "E_UNKNOWN_QUANTITY of",
  ]);
});

it("a comparison has no margin of nothing, within which no two means are", async () => {
  assert.deepEqual(await refused(REPORT, REPORT, "margin=0%"), ["E_USAGE", "E_OUT_OF_RANGE margin=0%"]);
});
