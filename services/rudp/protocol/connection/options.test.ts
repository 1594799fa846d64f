import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { RttlabError } from "../../../../lib/errors.ts";
import { type ConnectionOptions, connectionOptions, DEFAULT_OPTIONS } from "./options.ts";

it("the defaults are allowed, and are what an empty choice gives", () => {
  assert.deepEqual(connectionOptions({}), DEFAULT_OPTIONS);
});

it("every value out of range is reported at once, with what is allowed", () => {
  const chosen = {
    controller: "vegas",
    delayedAckMillis: 501,
    sendQueueSegments: 100,
    sack: "yes",
    typo: 1,
    minimumRtoMillis: Number.NaN,
  } as unknown as Partial<ConnectionOptions>;
  assert.throws(
    () => connectionOptions(chosen),
    (error: RttlabError) => {
      assert.equal(error.code, "E_BAD_OPTION");
      const found = error.problems.map(({ path, allowed }) => `${path}: ${allowed}`).sort();
      assert.deepEqual(
        found.map((line) => line.split(",")[0]),
        [
          "controller: slow-start-only",
          "delayedAckMillis: 0 to 500",
          "minimumRtoMillis: 1 to 60000",
          "sack: true or false",
          "sendQueueSegments: a power of two",
          "typo: controller",
        ],
      );
      return error instanceof RttlabError;
    },
  );
});

it("docs/rudp-reference.md lists every option with its default", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../../docs/rudp-reference.md"), "utf8");
  const table = text.slice(text.indexOf("## Options"), text.indexOf("## What each mechanism"));
  const listed = [...table.matchAll(/^\| (\w+) \| ([^|]+) \|/gm)].slice(1).map(([, name, value]) => `${name} ${value}`);
  const expected = Object.entries(DEFAULT_OPTIONS).map(([name, value]) => `${name} ${value}`);
  assert.deepEqual(listed.sort(), expected.sort());
});
