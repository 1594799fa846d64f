// Properties of the parser. cases/ has single requests and their results.

import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { eventsOf } from "../cases/run-events.ts";
import { HttpConnection } from "./connection.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { Parser } from "./parser.ts";

const octets = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
/** Fragments of requests, so that random inputs get past the first line. */
const fragment = fc.constantFrom(
  ...["GET", "POST", " ", "/", "/a?b", "HTTP/1.1", "HTTP/1.0", "\r\n", "\n", "\r", "\r\n\r\n", "Host: a\r\n", ":"],
  ...[
    "GET / HTTP/1.1\r\nHost: a\r\n",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "3\r\nabc\r\n",
    "0\r\n\r\n",
  ],
  ...["Connection: close\r\n", "Expect: 100-continue\r\n", "abc", "\0", "\x80", "\t", ";x=y", "Content-Length: 0\r\n"],
);
const requestLike = fc.array(fragment, { maxLength: 14 }).map((parts) => Buffer.from(parts.join(""), "latin1"));
const input = fc.oneof(octets, requestLike);

it("any split of the input into pieces gives the same events", () => {
  fc.assert(
    fc.property(input, fc.array(fc.nat(300), { maxLength: 6 }), (bytes, places) => {
      const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const pieces = cuts.slice(1).map((cut, index) => bytes.subarray(cuts[index], cut));
      assert.deepEqual(eventsOf(pieces, true), eventsOf([bytes], true));
    }),
    { numRuns: 4_000 },
  );
});

it("what comes again leads to what it led to when it was read octet by octet", () => {
  fc.assert(
    fc.property(fc.array(requestLike, { maxLength: 3 }), (requests) => {
      const bytes = Buffer.concat(requests);
      const octetByOctet = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
      const expected = eventsOf(octetByOctet, true);
      for (let time = 0; time < 2; time++) assert.deepEqual(eventsOf([bytes], true), expected);
      assert.deepEqual(eventsOf(requests, true), expected);
    }),
    { numRuns: 4_000 },
  );
});

it("no input crashes the parser, and it always comes to ask for more or to refuse", () => {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 5 }), (pieces) => {
      const parser = new Parser();
      for (const piece of pieces) {
        parser.receive(piece);
        let steps = 0;
        for (let event = parser.next(); event !== "more" && event !== "refused"; event = parser.next()) {
          assert.ok(++steps <= piece.length * 3 + 3, "events come of octets");
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

it("a line that is no request is answered with 400, 501, 505 or 414 and the connection is finished", () => {
  const noRequest = octets
    .map((bytes) => bytes.toString("latin1").replaceAll(/[\r\n]/g, "x"))
    .filter((line) => line !== "");
  fc.assert(
    fc.property(noRequest, (line) => {
      const connection = new HttpConnection(() => 0);
      connection.receive(Buffer.from(`${line}\r\n\r\nGET / HTTP/1.0\r\n\r\n`, "latin1"));
      assert.equal(connection.next(), undefined);
      assert.ok(connection.finished);
      const answer = Buffer.concat(connection.takeOutput() as Buffer[]).toString("latin1");
      assert.match(answer, /^HTTP\/1\.1 (400|414|501|505) /);
      assert.match(answer, /\r\nConnection: close\r\n/);
      assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1);
    }),
  );
});

it("a head that never ends is refused before it holds more than the limits allow", () => {
  const parser = new Parser();
  parser.receive(Buffer.from("GET / HTTP/1.1\r\n"));
  const line = Buffer.from(`X: ${"x".repeat(96)}\r\n`);
  let received = 0;
  while (parser.next() === "more") {
    parser.receive(line);
    received += line.length;
  }
  assert.equal(parser.refusal.status, 431);
  assert.ok(received <= DEFAULT_LIMITS.fieldBytes + line.length);
});

it("content is counted, not kept: a large one leaves nothing pending", () => {
  const parser = new Parser();
  parser.receive(Buffer.from("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"));
  assert.equal(parser.next(), "head");
  for (let sent = 0; sent < 1_000_000; sent += 50_000) {
    parser.receive(Buffer.alloc(50_000));
    assert.equal(parser.next(), "content");
    assert.equal(parser.pendingOctets, 0);
  }
  assert.equal(parser.next(), "end");
});
