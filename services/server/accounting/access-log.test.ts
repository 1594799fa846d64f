import assert from "node:assert/strict";
import { it } from "node:test";
import { blankRequest } from "../http/message.ts";
import { commonLogLine } from "./access-log.ts";

const at = Date.UTC(2026, 1, 3, 4, 5, 6);

it("a line is in the Common Log Format", () => {
  const request = { ...blankRequest(), method: "GET", target: "/a?b", minorVersion: 0 as const };
  assert.equal(
    commonLogLine("192.0.2.1", request, 200, 1_024, at),
    '192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET /a?b HTTP/1.0" 200 1024',
  );
});

it("a client cannot end the request's quotes", () => {
  const request = { ...blankRequest(), method: "GET", target: '/"\\' };
  assert.match(commonLogLine("::1", request, 404, 0, at), /"GET \/\\"\\\\ HTTP\/1\.1" 404 -$/);
});

it("what never became a request is a dash", () => {
  assert.match(commonLogLine("::1", null, 400, 0, at), / "-" 400 -$/);
});

it("octets beyond ASCII are written as Apache writes them", () => {
  const request = { ...blankRequest(), method: "GET", target: "/\xc3\xa9" };
  assert.match(commonLogLine("::1", request, 404, 0, at), /"GET \/\\xc3\\xa9 HTTP\/1\.1"/);
});
