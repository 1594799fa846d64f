// Runs every case of the Markdown files beside it; a failure names file and line. Property tests
// run on the same octets.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { type Case, readCases, unescapeOctets } from "./read-cases.ts";
import { compareAnswers, createFixture, serve } from "./run-answers.ts";
import { eventsOf } from "./run-events.ts";

/** Cases up to this many octets are also cut in two at every place. */
const CUT_EVERYWHERE = 600;

const fixture = createFixture(1_000_000);
const uncached = createFixture(0);
after(() => {
  fixture.remove();
  uncached.remove();
});

let total = 0;
for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith(".cases.md"))) {
  describe(file, () => {
    const markdown = readFileSync(join(import.meta.dirname, file), "utf8");
    const cold = readCases(file, markdown, uncached.substitutes);
    for (const [index, one] of readCases(file, markdown, fixture.substitutes).entries()) {
      total++;
      it(`${one.title} (${one.place})`, () =>
        one.kind === "events" ? runEvents(one) : runAnswers(one, cold[index] as Case));
    }
  });
}

it("there are at least 250 cases", () => assert.ok(total >= 250, `${total} cases`));

function runEvents({ input, expected: escaped, place }: Case): void {
  const expected = escaped.map(unescapeOctets);
  const withFields = expected.some((line) => /^[a-z0-9-]+:/.test(line));
  for (const pieces of cuts(input)) {
    assert.deepEqual(eventsOf(pieces, withFields), expected, `${place}, cut after ${pieces[0]?.length} octets`);
  }
}

function runAnswers(one: Case, cold: Case): void {
  for (const pieces of [[one.input], octetByOctet(one.input)]) {
    const { sent, closes } = serve(fixture.site, pieces, one.inputEnds);
    compareAnswers(one, sent, closes);
  }
  const { sent, closes } = serve(uncached.site, [cold.input], cold.inputEnds);
  compareAnswers(cold, sent, closes);
}

/** Whole, in single octets, and cut in two at every place if there are not too many. */
function* cuts(input: Buffer): Generator<Buffer[]> {
  yield [input];
  yield octetByOctet(input);
  if (input.length > CUT_EVERYWHERE) return;
  for (let at = 1; at < input.length; at++) yield [input.subarray(0, at), input.subarray(at)];
}

function octetByOctet(input: Buffer): Buffer[] {
  return Array.from(input, (_, at) => input.subarray(at, at + 1));
}
