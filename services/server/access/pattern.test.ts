// Patterns: what PCRE2 and JavaScript read differently, what is refused, and that time grows only
// with the text.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compilePattern, PatternError } from "./pattern.ts";

describe("patterns mean what PCRE2 means by them", () => {
  const cases: [pattern: string, matching: string[], others: string[]][] = [
    ["^[[:alpha:]]+$", ["abc"], ["a1", ":", "\xe9"]],
    ["[[:^digit:]]", ["a"], ["1"]],
    ["^\\x41\\101\\t$", ["AA\t"], ["x41"]],
    ["\\Aa\\z", ["a"], ["ba", "Aa"]],
    ["\\Qa.b\\E", ["a.b"], ["axb"]],
    ["^\\h$", [" ", "\t", "\xa0"], ["h", "\n"]],
    ["^\\v$", ["\n", "\x0b"], ["v", " "]],
    ["^a.b$", ["a\nb", "a\xe9b"], ["ab"]],
    ["a$", ["a"], ["a\n"]],
    ["^[]a]$", ["]", "a"], ["b"]],
    ["^[^]]$", ["a"], ["]"]],
    ["^\\w$", ["a", "_"], ["\xe9"]],
    ["^[\xe0-\xef]$", ["\xe9"], ["\xc9", "a"]],
    ["^(?i)k\xe9$", ["K\xe9"], ["k\xc9"]],
  ];
  for (const [pattern, matching, others] of cases) {
    it(`${JSON.stringify(pattern)} matches ${matching.length} and not ${others.length}`, () => {
      const { match } = compilePattern(pattern, false);
      for (const text of matching) assert.ok(match(text), JSON.stringify(text));
      for (const text of others) assert.equal(match(text), null, JSON.stringify(text));
    });
  }

  it("groups are given as they were in the text, null where one took no part", () => {
    assert.deepEqual(compilePattern("(\xe9)(x)?(b)", false).match("a\xe9b"), ["\xe9b", "\xe9", null, "b"]);
  });

  it("a text without anything special needs no engine and has no groups", () => {
    assert.deepEqual(compilePattern("a\\.b", false).match("xa.by"), ["a.b"]);
    assert.equal(compilePattern("A\xe9", true).match("a\xc9"), null);
    assert.equal(compilePattern("a\\.b", true).literal, true);
  });
});

it("what cannot be run in linear time, or is malformed, is refused", () => {
  const refused = [
    "(?=a)",
    "(?<!a)b",
    "(a)\\1",
    "(?>a)",
    "a++",
    "(?R)",
    "(?(1)a)",
    "[[:foo:]]",
    "[b-a]",
    "(",
    "a**",
    "\\p{L}",
    "\\Z",
  ];
  for (const pattern of refused) assert.throws(() => compilePattern(pattern, false), PatternError, pattern);
});

it("twice the text takes about twice the time, where going back over it would take its square or worse", () => {
  // A backtracking engine tries this pattern in exponentially many ways. With a thousand characters
  // it would outlast the universe.
  const { match } = compilePattern("^(?:a|a)*(?:a|a)*(?:a|a)*b$", false);
  match("a".repeat(1_000));
  const began = performance.now();
  assert.equal(match("a".repeat(32_768)), null);
  const millis = performance.now() - began;
  // The fields of a request have at most 32 KiB. A few milliseconds are usual; a busy machine gets
  // a hundred times as many.
  assert.ok(millis < 2_000, `${millis} ms`);
});
