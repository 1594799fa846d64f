// Effects of the server's version, and of how it writes. cases/ has everything else about a
// connection.

import assert from "node:assert/strict";
import { it } from "node:test";
import { HttpConnection } from "./connection.ts";
import type { HttpVersion, Request } from "./message.ts";
import { textResponse } from "./status.ts";

const KEEP_ALIVE = "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n";
const EXPECTING = "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";

it("a server of HTTP/1.0 answers as such and closes, though the client asks to keep the connection", () => {
  assert.match(answerTo("1.0", KEEP_ALIVE), /^HTTP\/1\.0 404 Not Found\r\n.*\r\nConnection: close\r\n/s);
  assert.match(answerTo("1.0", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), /\r\nConnection: close\r\n/);
  assert.match(answerTo("1.0", "nonsense\r\n\r\n"), /^HTTP\/1\.0 400 /);
});

it("HTTP/1.0 has no interim answer: the content is waited for, then there is one answer", () => {
  assert.match(answerTo("1.1", `${EXPECTING}x`), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 404 /);
  assert.match(answerTo("1.0", `${EXPECTING}x`), /^HTTP\/1\.0 404 /);
  assert.equal(answerTo("1.0", EXPECTING), "");
});

it("one response goes out under both versions, each time as it should", () => {
  const response = textResponse(404, "nothing is here");
  for (const version of ["1.1", "1.0", "1.1"] as const)
    assert.ok(answerTo(version, KEEP_ALIVE, response).startsWith(`HTTP/${version} 404 `));
});

it("a small content is one piece with its head, unless answers go out in parts", () => {
  for (const [writes, pieces] of [
    ["whole", 1],
    ["parts", 2],
  ] as const) {
    const connection = new HttpConnection(() => 0, undefined, "1.1", writes);
    connection.receive(Buffer.from(KEEP_ALIVE));
    connection.answer(connection.next() as Request, textResponse(404, "nothing is here"));
    assert.equal(connection.takeOutput().length, pieces);
  }
});

/** Everything sent after the octets came in, with `response` as the answer to each request. */
function answerTo(version: HttpVersion, octets: string, response = textResponse(404, "nothing is here")): string {
  const connection = new HttpConnection(() => 0, undefined, version);
  connection.receive(Buffer.from(octets, "latin1"));
  for (let request = connection.next(); request !== undefined; request = connection.next())
    connection.answer(request, response);
  return Buffer.concat(connection.takeOutput() as Buffer[]).toString("latin1");
}
