import assert from "node:assert/strict";
import { it } from "node:test";
import { close, readInto, write } from "../connection/connection.ts";
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
import {
  connect,
  createPort,
  markReady,
  nextDeadlineMillis,
  type Port,
  receive,
  releaseClosed,
  tickDue,
  transmitNext,
} from "./port.ts";

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

it("ten thousand spoofed SYNs leave no connection and no memory behind", () => {
  const l = listenerOf();
  for (let i = 0; i < 10_000; i++) {
    receive(l, datagram({ flags: SYN, sourceId: i + 1, sequence: i }), `10.0.0.${i % 256}:${i}`, 5);
    assert.equal(l.replies.length, 1);
    l.replies.length = 0;
  }
  assert.deepEqual([l.connections.size, l.accepted.length, l.opening.size, l.buried.size], [0, 0, 0, 0]);
});

it("ids distinguish the connections of one port, also those from one address", () => {
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

it("a full port refuses a SYN, and a cookie from when there was room, both with the reason", () => {
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
  assert.deepEqual([l.counters.full, l.counters.unknown], [2, 0], "each is counted once, by its reason");
});

it("a port that only opens connections refuses a SYN", () => {
  const l = listenerOf(false);
  receive(l, datagram({ flags: SYN, sourceId: 7, sequence: 100 }), "a:1", 10);
  const answer = answerTo(l);
  assert.deepEqual([answer.flags & ACK, answer.destinationId, answer.acknowledgement], [ACK, 7, 101]);
  assert.equal(l.counters.unknown, 1);
});

it("a connection is refused when its own port is the one that it is to reach", () => {
  const l = listenerOf(false);
  const c = connect(l, "a:1", 10);
  const buffer = new Uint8Array(DATAGRAM_BYTES);
  for (let next = transmitNext(l, buffer, 10); next !== null; next = transmitNext(l, buffer, 10)) {
    receive(l, buffer.subarray(0, next.length), next.to, 10);
  }
  assert.deepEqual([c.state, c.failure], ["closed", "E_RUDP_REFUSED"]);
});

/** Delivers everything that one port has to send to the other; returns the number of datagrams. */
function handOver(from: Port, to: Port, nowMillis: number): number {
  const buffer = new Uint8Array(DATAGRAM_BYTES);
  let datagrams = 0;
  for (let next = transmitNext(from, buffer, nowMillis); next !== null; next = transmitNext(from, buffer, nowMillis)) {
    receive(to, buffer.subarray(0, next.length), next.to === "a:1" ? "b:1" : "a:1", nowMillis);
    datagrams++;
  }
  return datagrams;
}

/** Until neither has anything to send. */
function settle(a: Port, b: Port, nowMillis: number): void {
  while (handOver(a, b, nowMillis) + handOver(b, a, nowMillis) > 0);
}

function pairOfPorts(options = {}): [Port, Port] {
  let next = 1;
  const [secret, random] = [Uint8Array.of(9), () => next++];
  const connection = { timeWaitMillis: 500, ...options };
  return [
    createPort({ accepts: false, maximumConnections: 4, connection }, secret, random),
    createPort({ accepts: true, maximumConnections: 4, connection }, secret, random),
  ];
}

it("two ports take a connection from its SYN to its release with nothing but each other's datagrams and the time", () => {
  const [a, b] = pairOfPorts();
  const client = connect(a, "b:1", 0);
  settle(a, b, 0);
  const [server] = b.accepted;
  assert.ok(server !== undefined);
  assert.deepEqual([client.state, server.state], ["established", "established"]);

  write(client, new Uint8Array(5000).fill(7));
  close(client);
  markReady(a, client);
  settle(a, b, 1);
  const into = new Uint8Array(6000);
  assert.deepEqual([readInto(server, into), into[4999]], [5000, 7]);
  close(server);
  markReady(b, server);
  settle(a, b, 2);
  assert.equal(server.state, "closed");
  assert.equal(releaseClosed(b, server, 2), true);

  assert.equal(releaseClosed(a, client, 2), false);
  const end = nextDeadlineMillis(a);
  assert.ok(end >= 500 && end <= 502, `TIME-WAIT until ${end}`);
  assert.deepEqual(tickDue(a, end - 0.001), []);
  assert.deepEqual(tickDue(a, end), [client]);
  assert.equal(releaseClosed(a, client, end), true);
  for (const port of [a, b]) {
    assert.deepEqual([port.connections.size, port.ready.size], [0, 0]);
    assert.equal(nextDeadlineMillis(port), Number.POSITIVE_INFINITY);
  }
});

it("a connection keeps no room for data once all of it is acknowledged and read, and answers a last segment that comes again", () => {
  const [a, b] = pairOfPorts();
  const client = connect(a, "b:1", 0);
  settle(a, b, 0);
  const server = b.accepted[0] ?? assert.fail("it was accepted");
  write(client, new Uint8Array(5000));
  close(client);
  markReady(a, client);
  settle(a, b, 1);
  const room = ({ send, receive }: typeof client) => [send.bytes.length, receive.bytes.length];
  assert.equal(client.send.bytes.length, 0, "its peer has all");
  assert.ok(
    room(server).every((bytes) => bytes > 0),
    "unread, and its own direction is open",
  );
  readInto(server, new Uint8Array(4999));
  assert.ok((room(server)[1] ?? 0) > 0, "an octet is unread");
  readInto(server, new Uint8Array(1));
  assert.equal(server.receive.bytes.length, 0);
  close(server);
  markReady(b, server);
  const bytes = new Uint8Array(DATAGRAM_BYTES);
  const { length } = transmitNext(b, bytes, 2) ?? assert.fail("its last segment leaves");
  const last = bytes.slice(0, length);
  const from = client.path;
  receive(a, last, from, 2);
  settle(a, b, 2);
  assert.deepEqual([client.state, ...room(client)], ["time-wait", 0, 0]);
  receive(a, last, from, 3);
  const answer = transmitNext(a, new Uint8Array(DATAGRAM_BYTES), 3);
  assert.equal(answer?.connection, client);
});

it("a connection with much to send lets another have its turn after 64 datagrams", () => {
  const [a, b] = pairOfPorts({ controller: "fixed", fixedWindowSegments: 200 });
  const [first, second] = [connect(a, "b:1", 0), connect(a, "b:1", 0)];
  settle(a, b, 0);
  for (const c of [first, second]) {
    write(c, new Uint8Array(100_000));
    markReady(a, c);
  }
  const buffer = new Uint8Array(DATAGRAM_BYTES);
  const turns: number[] = [];
  let [last, count] = [first, 0];
  for (let next = transmitNext(a, buffer, 1); next !== null; next = transmitNext(a, buffer, 1)) {
    if (next.connection !== last && next.connection !== null) {
      turns.push(count);
      [last, count] = [next.connection, 0];
    }
    count++;
  }
  assert.deepEqual([...turns, count], [64, 64, 36, 36]);
});

/** Copies of the datagrams that the port sends now, at most so many. */
function take(port: Port, most: number, nowMillis: number): Uint8Array[] {
  const [buffer, taken] = [new Uint8Array(DATAGRAM_BYTES), [] as Uint8Array[]];
  while (taken.length < most) {
    const next = transmitNext(port, buffer, nowMillis);
    if (next === null) break;
    taken.push(buffer.slice(0, next.length));
  }
  return taken;
}

it("a window that a driver's full batch leaves open goes on growing", () => {
  const [a, b] = pairOfPorts({ initialWindowSegments: 100 });
  const c = connect(a, "b:1", 0);
  settle(a, b, 0);
  write(c, new Uint8Array(1_000_000));
  markReady(a, c);
  const acknowledgements = take(a, 1000, 50).flatMap((datagram) => {
    receive(b, datagram, "a:1", 50);
    return take(b, 1000, 50);
  });
  assert.equal(acknowledgements.length, 50);
  const poll = (from: number, to: number) => {
    for (const datagram of acknowledgements.slice(from, to)) receive(a, datagram, "b:1", 100);
    return c.congestion.windowSegments;
  };
  assert.equal(poll(0, 25), 150);
  assert.equal(take(a, 64, 100).length, 64, "of the 100 for which there is room");
  assert.equal(poll(25, 50), 200);
});

it("answers without a connection go out before what connections have to send", () => {
  const [, b] = pairOfPorts();
  connect(b, "a:1", 0);
  receive(b, datagram({ flags: ACK, sourceId: 7, destinationId: 999, acknowledgement: 5 }), "c:1", 0);
  const buffer = new Uint8Array(DATAGRAM_BYTES);
  const order = [transmitNext(b, buffer, 0)?.to, transmitNext(b, buffer, 0)?.to, transmitNext(b, buffer, 0)];
  assert.deepEqual(order, ["c:1", "a:1", null]);
});
