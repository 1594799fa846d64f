import assert from "node:assert/strict";
import { it } from "node:test";
import { columns } from "./columns.ts";

it("columns are as wide as their widest cell; the last begins at the left and is not padded", () => {
  const rows = [
    ["a", "title", "of it"],
    ["longer", "b", ""],
  ];
  assert.equal(columns(rows), "a       title  of it\nlonger  b");
  assert.equal(columns([["a", "b"]], { indent: "  ", gap: " " }), "  a b");
  assert.equal(columns([]), "");
});

it("numbers end at the right, with what follows them", () => {
  const rows = [
    ["op", "ms", "50 %", "meaning"],
    ["connect", "7", "1000", "handshake"],
  ];
  assert.equal(columns(rows, { left: 1 }), "op       ms  50 %  meaning\nconnect   7  1000  handshake");
});
