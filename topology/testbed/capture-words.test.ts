import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readCaptureWords } from "./capture-words.ts";

const NETWORKS = ["site-a", "servers"];

describe("the words of a capture", () => {
  it("are bounds in any order, and then a filter", () => {
    const { wish, problems } = readCaptureWords(
      ["size=2MB", "on=servers", "seconds=1.5", "tcp", "port", "80"],
      NETWORKS,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(wish, { on: "servers", seconds: 1.5, bytes: 2e6, filter: "tcp port 80" });
  });

  it("mean both ends, a minute and every packet where there are none", () => {
    assert.deepEqual(readCaptureWords([], NETWORKS).wish, { on: "both", seconds: 60, bytes: 100e6, filter: "" });
  });

  it("leave to the filter what stands behind its first word", () => {
    assert.equal(readCaptureWords(["udp", "seconds=3"], NETWORKS).wish.filter, "udp seconds=3");
  });

  it("are refused with every problem", () => {
    const { problems } = readCaptureWords(["on=nowhere", "seconds=0", "size=1", "size=2kB"], NETWORKS);
    assert.deepEqual(
      problems.map(({ code, path }) => [path, code]),
      [
        ["on", "E_BAD_VALUE"],
        ["seconds", "E_OUT_OF_RANGE"],
        ["size", "E_BAD_VALUE"],
        ["size", "E_DUPLICATE_KEY"],
      ],
    );
  });
});
