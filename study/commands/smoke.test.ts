// `study smoke all`: that a study that fails keeps none from its turn.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RttlabError } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import type { Outcome } from "./measure.ts";
import { smokeEach } from "./smoke.ts";

/** Resolves to what is said of these studies, and which of them were tried. */
async function smokeThose(names: readonly string[], failures: Readonly<Record<string, Error>>) {
  const tried: string[] = [];
  let [text, data]: [string, unknown] = ["", null];
  const output: Output = {
    json: false,
    async result(document, said) {
      [text, data] = [said(), document];
    },
    progress: () => {},
  };
  const smokeOne = async (study: string): Promise<Outcome> => {
    tried.push(study);
    const failure = failures[study];
    if (failure !== undefined) throw failure;
    const scenario = study === "a" ? "lan" : "pair";
    const document = { study, folder: "f", report: "r", runs: 4, voids: 0, scenario };
    return { document, text: "4 runs, 0 of them void" };
  };
  const status = await smokeEach(names, smokeOne, output).catch((error) => error as Error);
  return { status, tried, text, data };
}

const BAD = new RttlabError("E_BAD_STUDY", "reading b: refused");
const LATE = new RttlabError("E_NOT_READY", "changing server: it serves otherwise");

describe("a smoke of all studies", () => {
  it("goes on after those that fail, names each with its reason, and exits as the first", async () => {
    const { status, tried, text, data } = await smokeThose(["a", "b", "c", "d"], { b: BAD, d: LATE });
    assert.deepEqual(tried, ["a", "b", "c", "d"]);
    assert.deepEqual(text.split("\n"), [
      "a: 4 runs, 0 of them void",
      "b failed: E_BAD_STUDY: reading b: refused",
      "c: 4 runs, 0 of them void",
      "d failed: E_NOT_READY: changing server: it serves otherwise",
      "still up: lan, pair; `npm run topology down NAME` takes it down",
    ]);
    assert.deepEqual(
      (data as { study: string }[]).map(({ study }) => study),
      tried,
    );
    assert.equal(status, 2);
  });

  it("exits with 0 when none fails, and names each testbed that is up once", async () => {
    const { status, text } = await smokeThose(["b", "c"], {});
    assert.equal(status, 0);
    assert.ok(text.endsWith("\nstill up: pair; `npm run topology down pair` takes it down"), text);
  });

  for (const code of ["E_CANCELLED", "E_INTERRUPTED"]) {
    it(`ends where it is interrupted, with ${code}`, async () => {
      const interrupted = new RttlabError(code, "running b: it was interrupted");
      const { status, tried } = await smokeThose(["a", "b", "c"], { b: interrupted });
      assert.equal(status, interrupted);
      assert.deepEqual(tried, ["a", "b"]);
    });
  }
});
