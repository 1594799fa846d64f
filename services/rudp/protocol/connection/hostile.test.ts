// Segments that are well-formed but lie, from an attacker who knows the ids or from a faulty peer.

import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { toWire } from "../sequence.ts";
import { ACK, DATAGRAM_BYTES, ECHO, emptySegment, FIN, PING, RST, type Segment, SYN } from "../wire.ts";
import {
  adopt,
  type Connection,
  close,
  createConnection,
  deadlineMillis,
  readInto,
  receiveSegment,
  tick,
  transmit,
  write,
} from "./connection.ts";

const LOCAL = 4_294_967_290;
const REMOTE = 100;

interface Blow {
  what: "segment" | "time" | "write" | "read" | "close";
  flags: number;
  index: number;
  ack: number;
  window: number;
  echo: number;
  blocks: [number, number][];
  length: number;
}

const near = fc.oneof(fc.integer({ min: -3, max: 20 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 }));
const blows: fc.Arbitrary<Blow> = fc.record({
  what: fc.constantFrom("segment", "segment", "segment", "time", "write", "read", "close"),
  flags: fc.constantFrom(ACK, ACK, ACK, ACK | FIN, ACK | PING, ACK | ECHO, SYN, SYN | ACK, RST | ACK),
  index: near,
  ack: near,
  window: fc.nat(65_535),
  echo: fc.nat(2 ** 32 - 1),
  blocks: fc.array(fc.tuple(near, near), { maxLength: 4 }),
  length: fc.constantFrom(0, 1, 1000),
});

it("no segment of a peer makes the connection throw, answer without end, or hold more than its queues", () => {
  fc.assert(
    fc.property(fc.array(blows, { minLength: 20, maxLength: 80 }), fc.boolean(), (series, sack) => {
      const c = established(sack);
      let nowMillis = 1000;
      for (const blow of series) {
        if (blow.what === "time") nowMillis = Math.max(nowMillis, Math.min(deadlineMillis(c), nowMillis + 1e6));
        strike(c, blow, nowMillis);
        assertSound(c, answers(c, nowMillis));
      }
    }),
    { numRuns: 1000 },
  );
});

it("an acknowledgement of unsent data acknowledges nothing", () => {
  const c = established(true);
  write(c, new Uint8Array(3000));
  answers(c, 1000);
  for (const ack of [5, 100, 2 ** 20, -1, -(2 ** 20)]) {
    strike(c, { what: "segment", flags: ACK, index: 1, ack, window: 50, echo: 0, blocks: [], length: 0 }, 1000);
    assert.equal(c.send.una, 1, `${ack}`);
  }
});

it("a SACK block of unsent data reports nothing", () => {
  const c = established(true);
  write(c, new Uint8Array(3000));
  answers(c, 1000);
  const blocks: [number, number][] = [
    [4, 2 ** 30],
    [-5, 1],
    [3, 2],
  ];
  strike(c, { what: "segment", flags: ACK, index: 1, ack: 1, window: 50, echo: 0, blocks, length: 0 }, 1000);
  assert.equal(c.send.sacked, 0);
});

function established(sack: boolean): Connection {
  const identity = { localId: 1, localInitial: LOCAL, path: "peer" };
  const c = createConnection(identity, { sendQueueSegments: 16, receiveQueueSegments: 16, sack });
  const echo = { ...emptySegment(), sourceId: 2, initialSequence: REMOTE, sackPermitted: true, window: 16 };
  adopt(c, echo, 1000);
  return c;
}

function strike(c: Connection, blow: Blow, nowMillis: number): void {
  if (blow.what === "time") tick(c, nowMillis);
  else if (blow.what === "write") write(c, new Uint8Array(2500));
  else if (blow.what === "read") readInto(c, new Uint8Array(1500));
  else if (blow.what === "close") close(c);
  else receiveSegment(c, segmentOf(blow), "peer", nowMillis);
}

function segmentOf({ flags, index, ack, window, echo, blocks, length }: Blow): Segment {
  const segment = { ...emptySegment(), flags, window, sourceId: 2, destinationId: 1, echoMicros: echo };
  segment.sequence = toWire(index, REMOTE);
  segment.acknowledgement = toWire(ack, LOCAL);
  segment.initialSequence = REMOTE;
  segment.sackCount = blocks.length;
  blocks.flat().forEach((edge, i) => {
    segment.sackEdges[i] = toWire(edge, LOCAL);
  });
  segment.payload = new Uint8Array(1000);
  segment.payloadLength = (flags & (SYN | RST)) !== 0 ? 0 : length;
  return segment;
}

function answers(c: Connection, nowMillis: number): number {
  const buffer = new Uint8Array(DATAGRAM_BYTES);
  let count = 0;
  while (transmit(c, buffer, nowMillis) > 0 && count < 1000) count++;
  return count;
}

function assertSound(c: Connection, answered: number): void {
  const { send, receive, congestion, rtt } = c;
  // At most a window of data, one acknowledgement per arrived segment, and one answer of each kind.
  assert.ok(answered <= 16 + 4, `${answered} answers`);
  assert.ok(send.una <= send.nxt && send.nxt <= send.end && send.end - send.una <= send.capacity);
  assert.ok(receive.read <= receive.nxt && receive.nxt - receive.read <= receive.capacity);
  assert.ok(send.sacked >= 0 && send.lost >= 0 && send.resent >= 0 && send.sacked + send.lost <= send.nxt - send.una);
  assert.ok(congestion.windowSegments >= 1 && Number.isFinite(congestion.windowSegments));
  assert.ok(Number.isFinite(rtt.smoothedMillis) && rtt.smoothedMillis >= 0);
  assert.ok(receive.readableBytes >= 0 && receive.blocks <= 4);
}
