import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { crc32c } from "./crc32c.ts";

const of = (bytes: Uint8Array) => crc32c(bytes, 0, bytes.length);

it("gives the published values of RFC 3720 B.4 and of the catalogue's check string", () => {
  assert.equal(of(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(of(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(of(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  assert.equal(of(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c);
  assert.equal(of(new TextEncoder().encode("123456789")), 0xe3069283);
});

it("agrees with long division bit by bit, wherever the bytes begin and end", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), fc.nat(20), (bytes, skip, drop) => {
      const end = Math.max(0, bytes.length - drop);
      const start = Math.min(skip, end);
      assert.equal(crc32c(bytes, start, end), dividedBitByBit(bytes.subarray(start, end)));
    }),
  );
});

it("goes on from an earlier checksum as if the bytes were one piece", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
      const at = Math.min(cut, bytes.length);
      assert.equal(crc32c(bytes, at, bytes.length, crc32c(bytes, 0, at)), of(bytes));
    }),
  );
});

function dividedBitByBit(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
  }
  return ~remainder >>> 0;
}
