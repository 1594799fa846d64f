import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { readEngineWords } from "./words.ts";

const known = { engines: ["trixie", "sid"], parts: ["apply", "killed", "link"], usualParts: ["killed"] };

describe("the words of `npm run engines`", () => {
  it("name engines and parts in any order; npm has dropped the dashes between them, or has not", () => {
    for (const words of [
      ["sid", "link", "apply"],
      ["sid", "--", "link", "apply"],
      ["apply", "sid", "link"],
    ]) {
      const { engines, parts } = readEngineWords(words, known);
      assert.deepEqual([engines, parts], [["sid"], ["apply", "link"]], words.join(" "));
    }
  });

  it("without any are all engines and the usual parts, and nothing is recorded", () => {
    assert.deepEqual(readEngineWords([], known), {
      engines: ["trixie", "sid"],
      parts: ["killed"],
      isRecorded: false,
      isHelp: false,
    });
  });

  it("record results only where `record` is among them", () => {
    assert.equal(readEngineWords(["sid", "record", "link"], known).isRecorded, true);
    assert.equal(readEngineWords(["sid", "link"], known).isRecorded, false);
  });

  it("are refused all together where they mean nothing", () => {
    assert.throws(
      () => readEngineWords(["buster", "link", "--fast"], known),
      ({ code, problems }: RttlabError) =>
        code === "E_USAGE" && problems.map(({ path }) => path).join() === "buster,--fast",
    );
  });

  it("ask for help whatever else they are", () => {
    assert.equal(readEngineWords(["buster", "--help"], known).isHelp, true);
  });
});
