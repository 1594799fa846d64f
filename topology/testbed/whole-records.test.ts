import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { wholeRecords } from "./whole-records.ts";

/** A capture of packets of these lengths; every byte of a packet is its length. */
function capture(...lengths: number[]): Buffer {
  const records = lengths.map((length) => {
    const record = Buffer.alloc(16 + length, length);
    record.writeUInt32LE(length, 8);
    return record;
  });
  return Buffer.concat([Buffer.alloc(24, 1), ...records]);
}

describe("a capture in pieces", () => {
  it("is the same capture, wherever it is cut", () => {
    const file = capture(60, 0, 1514, 7);
    for (const size of [1, 3, 24, 40, 1000]) {
      const records = wholeRecords(1e6);
      const pieces = Array.from({ length: Math.ceil(file.length / size) }, (_, at) =>
        records.take(file.subarray(at * size, (at + 1) * size)),
      );
      assert.deepEqual(Buffer.concat(pieces), file);
      assert.deepEqual([records.packets(), records.bytes(), records.isFull()], [4, file.length, false]);
    }
  });

  it("has no part of a record that has not arrived whole", () => {
    const records = wholeRecords(1e6);
    assert.deepEqual(records.take(capture(60, 60).subarray(0, -1)), capture(60));
  });

  it("ends before the record that would exceed the bound, and has none behind it", () => {
    const records = wholeRecords(24 + 76);
    assert.deepEqual(records.take(capture(60, 10, 1)), capture(60));
    assert.deepEqual([records.take(Buffer.alloc(100)).length, records.packets(), records.isFull()], [0, 1, true]);
  });
});
