import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import {
  ACK,
  DATAGRAM_BYTES,
  decode,
  ECHO,
  emptySegment,
  encode,
  FIN,
  flagNames,
  HEADER_BYTES,
  PING,
  RST,
  type Segment,
  SYN,
} from "./wire.ts";

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const FLAGS = [ACK, ACK | FIN, ACK | PING, ACK | ECHO, ACK | ECHO | FIN, RST, RST | ACK, SYN, SYN | ACK];

const segments: fc.Arbitrary<Segment> = fc
  .record({
    flags: fc.constantFrom(...FLAGS),
    window: fc.nat(65_535),
    destinationId: word,
    sourceId: word,
    sequence: word,
    acknowledgement: word,
    timestampMicros: word,
    echoMicros: word,
    sackEdges: fc.array(word, { minLength: 8, maxLength: 8 }).map((edges) => Uint32Array.from(edges)),
    sackCount: fc.nat(4),
    windowShift: fc.nat(4),
    sackPermitted: fc.boolean(),
    initialSequence: word,
    cookieMintedAt: word,
    cookieHigh: word,
    cookieLow: word,
    payload: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 1000, maxLength: 1000 })),
    payloadStart: fc.nat(5),
  })
  .map((segment) => {
    const carriesNothing = (segment.flags & (SYN | RST)) !== 0;
    const start = Math.min(segment.payloadStart, segment.payload.length);
    return { ...segment, payloadStart: start, payloadLength: carriesNothing ? 0 : segment.payload.length - start };
  });

it("what is encoded is decoded as it was", () => {
  const into = new Uint8Array(DATAGRAM_BYTES);
  const decoded = emptySegment();
  fc.assert(
    fc.property(segments, (segment) => {
      const length = encode(segment, into);
      assert.equal(decode(into.subarray(0, length), decoded), null);
      assert.deepEqual(meaning(decoded), meaning(segment));
    }),
    { numRuns: 500 },
  );
});

it("a header is 32 bytes, so a full data segment is 1032", () => {
  const segment = { ...emptySegment(), flags: ACK, payload: new Uint8Array(1000), payloadLength: 1000 };
  assert.equal(encode(segment, new Uint8Array(DATAGRAM_BYTES)), HEADER_BYTES + 1000);
  assert.equal(HEADER_BYTES, 32);
});

it("a segment with up to three bits flipped is refused", () => {
  const into = new Uint8Array(DATAGRAM_BYTES);
  const flips = fc.uniqueArray(fc.nat(8 * 1032 - 1), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(segments, flips, (segment, bits) => {
      const length = encode(segment, into);
      const damaged = into.slice(0, length);
      const inside = bits.filter((bit) => bit < 8 * length);
      fc.pre(inside.length > 0);
      for (const bit of inside) damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.notEqual(decode(damaged, emptySegment()), null);
    }),
    { numRuns: 1000 },
  );
});

it("a segment cut short or made longer is refused", () => {
  const into = new Uint8Array(DATAGRAM_BYTES);
  fc.assert(
    fc.property(segments, fc.nat(), (segment, at) => {
      const length = encode(segment, into);
      assert.notEqual(decode(into.subarray(0, at % length), emptySegment()), null);
      assert.notEqual(decode(Uint8Array.of(...into.subarray(0, length), 0), emptySegment()), null);
    }),
  );
});

it("random bytes are refused and never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1500 }), (bytes) => {
      assert.notEqual(decode(bytes, emptySegment()), null);
    }),
    { numRuns: 500 },
  );
});

it("another version is foreign, a wrong checksum damaged, contradicting flags malformed", () => {
  const into = new Uint8Array(DATAGRAM_BYTES);
  const refusal = (flags: number, change: (bytes: Uint8Array) => void = () => {}) => {
    const bytes = into.subarray(0, encode({ ...emptySegment(), flags }, into));
    change(bytes);
    return decode(bytes, emptySegment());
  };
  assert.equal(refusal(ACK), null);
  assert.equal(
    refusal(ACK, (bytes) => (bytes[0] = 0x20)),
    "foreign",
  );
  assert.equal(
    refusal(ACK, (bytes) => (bytes[9] = 1)),
    "damaged",
  );
  for (const flags of [0, FIN, SYN | FIN, SYN | RST, SYN | ECHO | ACK, RST | FIN, RST | PING, ACK | 64, ACK | 128]) {
    assert.equal(refusal(flags), "malformed", flagNames(flags).join(" "));
  }
});

/** The fields of a segment that go over the wire. */
function meaning(segment: Segment) {
  const { payload, payloadStart, payloadLength, sackEdges, sackCount, flags, ...rest } = segment;
  const hasSetup = (flags & (SYN | ECHO)) !== 0;
  const { windowShift, sackPermitted, initialSequence, cookieMintedAt, cookieHigh, cookieLow, ...always } = rest;
  return {
    ...always,
    flags,
    data: Buffer.from(payload.subarray(payloadStart, payloadStart + payloadLength)).toString("hex"),
    blocks: Array.from(sackEdges.subarray(0, 2 * sackCount)),
    setup: hasSetup ? { windowShift, sackPermitted, initialSequence, cookieMintedAt, cookieHigh, cookieLow } : null,
  };
}
