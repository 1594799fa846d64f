// Records of requests: access logs and lists of times and paths.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { RttlabError } from "../../errors.ts";
import { readRecord } from "./record.ts";
import { readLoad } from "./replay.ts";
import { parseSettings } from "./settings.ts";

const at = (time: string, request: string, zone = "+0000") =>
  `192.0.2.7 - frank [28/Nov/2026:${time} ${zone}] "${request}" 200 2326`;

const LOG = [
  at("23:59:58", "GET /a HTTP/1.0"),
  "",
  at("23:59:58", "GET /b?c=d HTTP/1.1"),
  `${at("18:59:59", "GET /c HTTP/1.1", "-0500")} "http://example.org/" "Mozilla/5.0 (a; b)"`,
  `2001:db8::1 - - [29/Nov/2026:00:00:02 +0000] "GET /d HTTP/1.1" 304 -`,
].join("\n");

async function fileOf(context: TestContext, text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "rttlab-record-"));
  context.after(() => rm(directory, { recursive: true }));
  const file = join(directory, "access.log");
  await writeFile(file, text);
  return file;
}

function problemsOf(words: readonly string[]) {
  try {
    readLoad(words);
  } catch (error) {
    assert.ok(error instanceof RttlabError);
    return error.problems.map(({ path, line }) => (line === undefined ? path : line));
  }
  return assert.fail("it was accepted");
}

describe("an access log", () => {
  it("gives its paths at their times in any zone, those of one second spread over it", () => {
    const { entries, problems } = readRecord(LOG, "log", "GET");
    assert.deepEqual(problems, []);
    assert.deepEqual(
      entries.map(({ path, atMillis }) => [path, atMillis]),
      [
        ...[
          ["/a", 0],
          ["/b?c=d", 500],
          ["/c", 1000],
          ["/d", 4000],
        ],
      ],
    );
  });

  it("is put in the order of its times, because a server writes a line when it has answered", () => {
    const { entries } = readRecord(
      [at("10:00:01", "GET /late"), at("10:00:00", "GET /early")].join("\n"),
      "log",
      "GET",
    );
    assert.deepEqual(
      entries.map(({ path }) => path),
      ["/early", "/late"],
    );
  });

  it("is refused with each bad line by its number", () => {
    const bad = [
      "garbage",
      at("10:00:00", "GET /good HTTP/1.1"),
      at("10:00:00", "POST /form HTTP/1.1"),
      at("25:00:00", "GET / HTTP/1.1"),
      at("10:00:00", "GET http://example.org/ HTTP/1.1"),
      at("10:00:00", "GET /a\\x22b HTTP/1.1"),
      at("10:00:00", "-"),
      at("10:00:00", "GET / HTTP/1.1").replace("28/Nov", "31/Nov"),
      at("10:00:00", "GET / HTTP/1.1").replace("28/Nov", "28/Nob"),
    ];
    const { problems } = readRecord(bad.join("\r\n"), "log", "GET");
    assert.deepEqual(
      problems.map(({ line }) => line),
      [1, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.equal(readRecord(" \n", "log", "GET").problems.length, 1);
  });
});

describe("a list of times and paths", () => {
  it("is read, and refused with each bad line", () => {
    assert.deepEqual(readRecord("2 /b\n0.25 /a\n", "list", "GET"), {
      entries: [
        { path: "/a", atMillis: 0 },
        { path: "/b", atMillis: 1750 },
      ],
      problems: [],
    });
    const { problems } = readRecord("0 /a\n1\n-1 /b\n2 c\n3 /d e", "list", "GET");
    assert.deepEqual(
      problems.map(({ line }) => line),
      [2, 3, 4, 5],
    );
  });
});

describe("a replay", () => {
  it("is an open load of the record's requests, once, at its times or faster", async (context) => {
    const file = await fileOf(context, LOG);
    const settings = parseSettings(readLoad([`replay=${file}`, "speed=2"]));
    assert.deepEqual([settings.requests, settings.seconds, settings.rate], [4, null, 1.5]);
    assert.deepEqual(
      settings.paths?.entries.map(({ path }) => path),
      ["/a", "/b?c=d", "/c", "/d"],
    );
    const again = parseSettings(readLoad([`replay=${file}`, "-d", "5s"]));
    assert.deepEqual([again.requests, again.seconds, again.rate], [null, 5, 0.75]);
  });

  it("of one request, or of several at one time, is made at once", async (context) => {
    const file = await fileOf(context, "7 /a\n7 /b\n");
    assert.equal(parseSettings(readLoad([`replay=${file}`])).rate, 2);
  });

  it("is refused whole: its words, its file and its lines", async (context) => {
    const file = await fileOf(context, "0 /a\nx\n1 /b\ny");
    assert.deepEqual(problemsOf([`replay=${file}`, "speed=0", "rate=5", "colour=red"]), [
      "colour",
      "rate",
      "speed",
      2,
      4,
    ]);
    assert.deepEqual(problemsOf([`replay=${file}.gone`, "path=/x"]), ["path", "replay"]);
    assert.deepEqual(problemsOf(["speed=2"]), ["replay"]);
  });
});
