import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { wrapped } from "./wrap.ts";

describe("text in lines", () => {
  it("fills a line to its width and no further", () => {
    assert.deepEqual(wrapped("one two three", 7), ["one two", "three"]);
    assert.deepEqual(wrapped("one two three", 6), ["one", "two", "three"]);
  });

  it("breaks no word, however long", () => {
    assert.deepEqual(wrapped("a uncommonly b", 4), ["a", "uncommonly", "b"]);
  });

  it("has lines of its own, whatever those of the text were", () => {
    assert.deepEqual(wrapped("one\ntwo  three", 20), ["one two three"]);
  });
});
