import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../errors.ts";
import { pathsIn } from "./popularity.ts";
import { parseSettings } from "./settings.ts";
import { parseSizes } from "./sizes.ts";
import { parseWords } from "./words.ts";

describe("sizes in words", () => {
  it("are one, or a distribution with or without a tail and a limit", () => {
    const limit = 10 * 1024 ** 2;
    assert.deepEqual(parseSizes("512"), { law: "fixed", bytes: 512 });
    assert.deepEqual(parseSizes("10KiB"), { law: "fixed", bytes: 10_240 });
    const body = { law: "lognormal", mu: 9.357, sigma: 1.318 };
    assert.deepEqual(parseSizes("lognormal:9.357,1.318"), { ...body, tail: null, mostBytes: limit });
    assert.deepEqual(parseSizes("lognormal:9.357,1.318+pareto:1.1,133kB+most:1MB"), {
      ...body,
      tail: { alpha: 1.1, fromBytes: 133_000 },
      mostBytes: 1e6,
    });
  });

  it("are refused where they are malformed", () => {
    const malformed = ["", "0", "1.5", "big", "lognormal", "lognormal:1", "lognormal:a,b", "pareto:1,2"];
    const wrongTails = ["lognormal:1,1+pareto:0,5", "lognormal:1,1+pareto:1", "lognormal:1,1+most:5+most:6"];
    for (const text of [...malformed, ...wrongTails, "lognormal:1,1+zipf:1"])
      assert.equal(parseSizes(text), undefined, text);
  });

  it("are of single bodies", () => {
    const problems = (...words: string[]) => {
      try {
        parseSettings(parseWords(words));
      } catch (error) {
        return (error as RttlabError).problems.map(({ path }) => path);
      }
      return assert.fail("it was accepted");
    };
    assert.deepEqual(problems("size=5", "method=HEAD", "expect=5"), ["size", "expected"]);
    assert.deepEqual(problems("size=5", "page=1.1-serial"), ["size"]);
    assert.deepEqual(problems("popularity=zipf:1"), ["popularity"]);
    assert.deepEqual(problems("popularity=zipf:11", "path=/a", "path=/b"), ["popularity"]);
  });
});

describe("several paths in a word", () => {
  it("are numbered as in a shell; anything else is one path", () => {
    assert.deepEqual(pathsIn("/a/{8..10}.bin"), ["/a/8.bin", "/a/9.bin", "/a/10.bin"]);
    for (const text of ["/a", "/{2..1}", "/{1,2}", "/{1..2}{1..2}", "/{1..9999999}"])
      assert.deepEqual(pathsIn(text), [text]);
  });
});
