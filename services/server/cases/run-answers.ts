// Runs the octets of a case through the whole protocol and a site on disk, with blocking calls and
// no socket, and compares the answers.

import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Piece } from "../../../lib/sockets/piece.ts";
import { etagOf } from "../files/description.ts";
import { createSite, type Site } from "../files/site.ts";
import { HttpConnection } from "../http/connection.ts";
import { performBlocking } from "../structures/perform-blocking.ts";
import { type Case, unescapeOctets } from "./read-cases.ts";

const NOW = Date.UTC(2025, 0, 1);
const CLIENT = { remoteAddress: "192.0.2.1", localAddress: "192.0.2.2" };
const MODIFIED = new Date(Date.UTC(2024, 0, 1));
const FUTURE = new Date(Date.UTC(2026, 0, 1));
const FILES: Record<string, string> = {
  "index.html": "home",
  "hello.txt": "hello",
  future: "not yet",
  "dir/a b\\c/x": "x",
  digits: "0123456789",
  empty: "",
  "a b.txt": "blank",
  "dir/index.html": "inside",
  "dir/%2e": "percent",
  "bare/other": "x",
  "private.txt": "private",
  "locked/file": "locked",
  ".htaccess": "",
};

export interface Fixture {
  root: string;
  site: Site;
  substitutes: Map<string, string>;
  remove(): void;
}

/** The site of README.md in a new directory. */
export function createFixture(cacheBytes: number): Fixture {
  const outside = mkdtempSync(join(tmpdir(), "rttlab-cases-"));
  const root = join(outside, "root");
  writeFileSync(join(outside, "outside.txt"), "outside");
  const substitutes = new Map<string, string>();
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    const modified = path === "future" ? FUTURE : MODIFIED;
    utimesSync(join(root, path), modified, modified);
    substitutes.set(`etag ${path}`, etagOf(statSync(join(root, path))));
  }
  chmodSync(join(root, "private.txt"), 0o640);
  chmodSync(join(root, "locked"), 0o750);
  symlinkSync("hello.txt", join(root, "inward"));
  symlinkSync("../outside.txt", join(root, "outward"));
  const cache = { bytes: cacheBytes, fileBytes: 1_000, revalidateMillis: 1_000 };
  return {
    root,
    site: createSite(
      { root, index: "index.html", cache, htaccess: true },
      { brokenRules: () => {}, accessEvaluated: () => {} },
    ),
    substitutes,
    remove: () => rmSync(outside, { recursive: true }),
  };
}

/** The server's output after octets in these pieces, and whether it then closes. */
export function serve(
  site: Site,
  pieces: readonly Buffer[],
  inputEnds: boolean,
  now = NOW,
): { sent: Buffer; closes: boolean } {
  const connection = new HttpConnection(() => now);
  const sent: Buffer[] = [];
  const work = () => {
    for (let request = connection.next(); request !== undefined; request = connection.next()) {
      connection.answer(
        request,
        site.respondNow(request, CLIENT, now) ?? performBlocking(site.respond(request, CLIENT, now)),
      );
    }
    sent.push(...connection.takeOutput().map(octetsOf));
  };
  for (const piece of pieces) {
    connection.receive(piece);
    work();
  }
  if (inputEnds) {
    connection.clientEnded();
    work();
  }
  return { sent: Buffer.concat(sent), closes: connection.finished };
}

/**
 * Compares sent octets with the expectation of a case. Throws an AssertionError at the first
 * difference.
 */
export function compareAnswers({ expected, place }: Case, sent: Buffer, closes: boolean): void {
  let rest = sent.toString("latin1");
  const ending = expected.at(-1);
  const blocks = (ending === "closes" || ending === "stays" ? expected.slice(0, -1) : expected)
    .join("\n")
    .split(/\n\n+/)
    .flatMap((block) => block.split(/\n(?=\d{3}$)/m))
    .filter((block) => block.trim() !== "");
  for (const block of blocks) rest = compareAnswer(block.trim().split("\n"), rest, place);
  assert.equal(rest, "", `${place}: nothing more is sent`);
  if (ending === "closes" || ending === "stays") assert.equal(closes ? "closes" : "stays", ending, place);
}

/** Compares one answer at the beginning of `text` and returns the rest. */
function compareAnswer([status, ...wanted]: string[], text: string, place: string): string {
  const headEnd = text.indexOf("\r\n\r\n");
  assert.notEqual(headEnd, -1, `${place}: an answer ${status} was expected, but there is ${JSON.stringify(text)}`);
  const [statusLine = "", ...lines] = text.slice(0, headEnd).split("\r\n");
  assert.match(statusLine, /^HTTP\/1\.1 \d{3} [A-Z][A-Za-z ]+$/, place);
  assert.equal(statusLine.slice(9, 12), status, `${place}: ${text.slice(headEnd + 4)}`);
  const fields = new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  const hasContent = !wanted.includes("no content") && status !== "204" && status !== "304" && status !== "100";
  const length = hasContent ? Number(fields.get("Content-Length")) : 0;
  assert.ok(length >= 0, `${place}: Content-Length is there`);
  if (status !== "100") assert.equal(fields.get("Date"), "Wed, 01 Jan 2025 00:00:00 GMT", place);
  const content = text.slice(headEnd + 4, headEnd + 4 + length);
  for (const line of wanted) compareLine(line, fields, content, place);
  return text.slice(headEnd + 4 + length);
}

function compareLine(line: string, fields: Map<string, string>, content: string, place: string): void {
  if (line.startsWith('"')) assert.equal(content, unescapeOctets(line.slice(1, -1)), place);
  else if (line.startsWith("parts ")) compareParts(line.slice(6), fields, content, place);
  else if (line.startsWith("!")) assert.equal(fields.get(line.slice(1)), undefined, `${place}: ${line}`);
  else if (line !== "no content") {
    const [name, value] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)];
    if (value.endsWith("*")) assert.ok(fields.get(name)?.startsWith(value.slice(0, -1)), `${place}: ${name}`);
    else assert.equal(fields.get(name), value, `${place}: ${name}`);
  }
}

/**
 * Compares multipart/byteranges with `first-last "octets"` for each part, strictly by its grammar
 * (RFC 2046 section 5.1.1).
 */
function compareParts(wanted: string, fields: Map<string, string>, content: string, place: string): void {
  const boundary = fields.get("Content-Type")?.split("boundary=")[1] ?? "";
  const parts = [...wanted.matchAll(/(\d+-\d+) "([^"]*)"/g)].map(
    ([, range, octets]) =>
      `\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${range}/10\r\n\r\n${octets}`,
  );
  assert.equal(content, `${parts.join("")}\r\n--${boundary}--\r\n`, place);
}

function octetsOf(piece: Piece): Buffer {
  if (Buffer.isBuffer(piece)) return piece;
  const octets = Buffer.alloc(piece.end - piece.start);
  readSync(piece.descriptor, octets, 0, octets.length, piece.start);
  return octets;
}
