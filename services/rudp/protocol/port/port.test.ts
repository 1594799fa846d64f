import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ACK,
  DATAGRAM_BYTES,
  decode,
  ECHO,
  emptySegment,
  encode,
  RESET_FULL,
  RST,
  type Segment,
  SYN,
} from "../wire.ts";
import { createPort, receive } from "./port.ts";

function listenerOf(accepts = true, maximumConnections = 1000) {
  let next = 1;
  return createPort({ accepts, maximumConnections, connection: {} }, Uint8Array.of(9), () => next++);
}

function datagram(fields: Partial<Segment>): Uint8Array {
  const bytes = new Uint8Array(DATAGRAM_BYTES);
  return bytes.slice(0, encode({ ...emptySegment(), ...fields }, bytes));
}

function answerTo(l: ReturnType<typeof listenerOf>): Segment {
  const segment = emptySegment();
  assert.equal(decode((l.replies.shift() as { bytes: Uint8Array }).bytes, segment), null);
  return segment;
}

function echoOf(answer: Segment, id: number): Uint8Array {
  const { sourceId, sequence, cookieMintedAt, cookieHigh, cookieLow } = answer;
  const cookie = { cookieMintedAt, cookieHigh, cookieLow, initialSequence: 100 };
  const numbers = { sequence: 101, acknowledgement: (sequence + 1) >>> 0, sourceId: id, destinationId: sourceId };
  return datagram({ flags: ACK | ECHO, ...numbers, ...cookie });
}

test("ten thousand spoofed SYNs leave no connection and no memory behind", () => {
  const l = listenerOf();
  for (let i = 0; i < 10_000; i++) {
    receive(l, datagram({ flags: SYN, sourceId: i + 1, sequence: i }), `10.0.0.${i % 256}:${i}`, 5);
    assert.equal(l.replies.length, 1);
    l.replies.length = 0;
  }
  assert.deepEqual([l.connections.size, l.accepted.length, l.opening.size, l.buried.size], [0, 0, 0, 0]);
});

test("several connections on one port are told apart by their ids, also from one address", () => {
  const l = listenerOf();
  for (const id of [7, 8, 9]) {
    receive(l, datagram({ flags: SYN, sourceId: id, sequence: 100 }), "a:1", 10);
    receive(l, echoOf(answerTo(l), id), "a:1", 20);
  }
  assert.equal(l.connections.size, 3);
  assert.deepEqual(
    l.accepted.map((c) => [c.remoteId, c.state]),
    [
      [7, "established"],
      [8, "established"],
      [9, "established"],
    ],
  );
});

test("beyond the greatest number of connections a SYN is refused, and so is a cookie from when there was room, both with the reason", () => {
  const l = listenerOf(true, 1);
  const answers = [7, 8].map((id) => {
    receive(l, datagram({ flags: SYN, sourceId: id, sequence: 100 }), "a:1", 10);
    return answerTo(l);
  });
  for (const [index, id] of [7, 8].entries()) receive(l, echoOf(answers[index] as Segment, id), "a:1", 20);
  assert.equal(l.connections.size, 1);
  const late = answerTo(l);
  assert.deepEqual([late.flags, late.window, late.destinationId], [RST | ACK, RESET_FULL, 8]);
  receive(l, datagram({ flags: SYN, sourceId: 9, sequence: 100 }), "a:1", 30);
  const early = answerTo(l);
  assert.deepEqual([early.flags, early.window, early.destinationId], [RST | ACK, RESET_FULL, 9]);
  assert.equal(l.counters.full, 2);
});

test("a port that only opens connections refuses a SYN", () => {
  const l = listenerOf(false);
  receive(l, datagram({ flags: SYN, sourceId: 7, sequence: 100 }), "a:1", 10);
  const answer = answerTo(l);
  assert.deepEqual([answer.flags & ACK, answer.destinationId, answer.acknowledgement], [ACK, 7, 101]);
  assert.equal(l.counters.unknown, 1);
});
