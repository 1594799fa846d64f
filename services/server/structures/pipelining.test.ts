// A connection answers all complete requests in order, without another octet from the client (RFC
// 9112 section 9.3.2), whatever they are, in whatever pieces they arrive and however their answers
// are read. A client that closes its half gets the end. Time-outs are so long that only an answer
// ends a wait, so a missing one means that nothing comes any more.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { scalar } from "../accounting/counters.ts";
import { everyStructure, type Server, startServer } from "../cases/loopback-server.ts";
import { type Reading, reads } from "../cases/reader.ts";
import { randomBytes } from "../sample-site/random-bytes.ts";
import type { Structure } from "./structure.ts";

/**
 * Around the limits of the outbox, small copies, a file's part, a socket's buffers and the cache.
 */
const SIZES = [0, 1, 5_000, 50_000, 65_536, 65_537, 262_144, 300_000, 1_100_000, 4_194_304, 16_777_216];
const CACHE = { bytes: 33_554_432, fileBytes: 5_000_000, revalidateMillis: 50 };
const HOUR = 3_600_000;
const TIMES = {
  idle: { minimumMillis: HOUR, maximumMillis: HOUR, capacity: 1_000 },
  headMillis: HOUR,
  contentMillis: HOUR,
  lingerMillis: 20,
};
/** Longer than a busy machine delays this client's next request. */
const SHORT_IDLE = { minimumMillis: 2_000, maximumMillis: 2_000, capacity: 1_000 };
/** More than the server's idle time-out, linger and sweep together. */
const BEYOND_IDLE_MILLIS = 3_000;
/** No answer takes so long while the socket has room, and it is less than the idle time-out. */
const FULL_MILLIS = 300;
/** Such a silence is a stall: even on a busy machine an answer takes well below a second. */
const STALL_MILLIS = 8_000;
const RUNS = 12;
const SEARCH_MILLIS = 120_000;

const contents = SIZES.map((size) => randomBytes(size, 5, size));
let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-pipelining-"));
  await Promise.all(contents.map((content) => writeFile(join(root, String(content.length)), content)));
});
after(() => rm(root, { recursive: true }));

for (const [name, structure] of everyStructure()) describe(name, () => answersAll(structure));

function answersAll(structure: Structure): void {
  let server: Server;
  before(async () => {
    server = await startServer(structure, root, { timeouts: TIMES, cache: CACHE });
  });
  after(() => server.close(0));

  for (const size of [262_144, 300_000, 16_777_216]) {
    it(`what is asked for after a file of ${size} octets that nobody asked for before is answered`, () =>
      converse(server.port, {
        asked: [
          { method: "GET", size, isNew: true },
          { method: "GET", size: 1, isNew: false },
        ],
        ending: "close",
        pauses: [],
        reading: "at once",
      }));

    it(`a client that closes its half after asking for such a file of ${size} octets gets the end after it`, () =>
      converse(server.port, {
        asked: [{ method: "GET", size, isNew: true }],
        ending: "half-close",
        pauses: [],
        reading: "at once",
      }));
  }

  it("everything asked for is answered in order, whatever its sizes, order, pieces and readers", () =>
    fc.assert(
      fc.asyncProperty(conversations, (conversation) => converse(server.port, conversation)),
      { numRuns: RUNS, interruptAfterTimeLimit: SEARCH_MILLIS, markInterruptAsFailure: true },
    ));

  it("a client that reads late gets every answer, however short the idle time-out", async () => {
    await using hasty = await startServer(structure, root, { timeouts: { ...TIMES, idle: SHORT_IDLE }, cache: CACHE });
    using open = new DisposableStack();
    const socket = open.adopt(connect({ port: hasty.port, host: "127.0.0.1", allowHalfOpen: true }), (one) =>
      one.destroy(),
    );
    // Each answer is sent before the next request, until the socket's buffers are full and beyond.
    const asked: Asked[] = Array(250).fill({ method: "GET", size: 50_000, isNew: false });
    const isGone = () => scalar(hasty.threads, "acceptedConnections") > scalar(hasty.threads, "openConnections");
    const answers = answersTo(asked);
    const done = reads(socket, "at once", answers.take, () => {});
    done.catch(() => {});
    socket.pause();
    let sent = 0;
    // A worker that waits until an answer is sent receives nothing meanwhile: the rest is written.
    let isFull = false;
    for (const [at, one] of asked.entries()) {
      const octets = requestFor(one, at === asked.length - 1);
      socket.write(octets);
      sent += octets.length;
      const writtenAt = performance.now();
      while (!isFull && scalar(hasty.threads, "receivedBytes") < sent) {
        isFull = performance.now() - writtenAt > FULL_MILLIS;
        assert.ok(!isGone(), `the connection broke off at request ${at}`);
        await turn();
      }
    }
    await delay(BEYOND_IDLE_MILLIS);
    socket.resume();
    await done;
    assert.equal(answers.rest(), 0);
  });
}

const METHODS = ["GET", "GET", "GET", "HEAD", "range", "beyond", "unchanged", "missing", "OPTIONS", "content"] as const;

interface Asked {
  method: (typeof METHODS)[number];
  /** Of the requested file. */
  size: number;
  /** By a path that nobody has requested before, so it is not in memory under this one. */
  isNew: boolean;
}

interface Conversation {
  asked: Asked[];
  /** The last request announces the end, or the client closes its half, at once or after all. */
  ending: "close" | "half-close" | "later";
  /** Where the octets are cut, in thousandths, and the pause there; 0: a turn of the event loop. */
  pauses: { at: number; millis: number }[];
  reading: Reading;
}

const asked = fc.record({
  method: fc.constantFrom(...METHODS),
  size: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...SIZES.slice(0, 8)) }, fc.constantFrom(...SIZES.slice(8))),
  isNew: fc.boolean(),
});
const conversations: fc.Arbitrary<Conversation> = fc.record({
  asked: fc.oneof(
    { weight: 4, arbitrary: fc.array(asked, { minLength: 1, maxLength: 8 }) },
    // Many answers ready at once fill what the client may leave unread.
    fc.tuple(asked, fc.nat(200)).map(([one, count]) => Array(one.size > 100_000 ? 5 : count + 1).fill(one)),
  ),
  ending: fc.constantFrom("close", "half-close", "later"),
  pauses: fc.array(fc.record({ at: fc.nat(999), millis: fc.nat(3) }), { maxLength: 6 }),
  reading: fc.constantFrom("at once", "slowly", "late"),
});

let names = 0;

/** Holds the conversation. Fails at the first unexpected octet, or when nothing comes any more. */
async function converse(port: number, { asked, ending, pauses, reading }: Conversation): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const answers = answersTo(asked);
  try {
    const done = reads(socket, reading, answers.take, () => {
      if (ending === "later" && answers.rest() === 0) socket.end();
    });
    done.catch(() => {});
    socket.setTimeout(STALL_MILLIS, () =>
      socket.destroy(new Error(`nothing comes, ${answers.rest()} answers are missing`)),
    );
    const octets = Buffer.from(
      asked.map((one, at) => requestFor(one, ending === "close" && at === asked.length - 1)).join(""),
    );
    await sends(socket, octets, pauses);
    if (ending === "half-close") socket.end();
    await done;
    assert.equal(answers.rest(), 0, "answers are missing at the end");
  } finally {
    socket.destroy();
  }
}

function requestFor({ method, size, isNew }: Asked, isLast: boolean): string {
  const path = isNew ? `/new${names++}/../${size}` : `/${size}`;
  const rest = ` HTTP/1.1\r\nHost: a\r\n${isLast ? "Connection: close\r\n" : ""}`;
  switch (method) {
    case "range":
      return `GET ${path}${rest}Range: bytes=0-${(size >> 1) - 1}\r\n\r\n`;
    case "beyond":
      return `GET ${path}${rest}Range: bytes=${size}-\r\n\r\n`;
    case "unchanged":
      return `GET ${path}${rest}If-None-Match: *\r\n\r\n`;
    case "missing":
      return `GET ${path}-not${rest}\r\n`;
    case "content":
      return `POST ${path}${rest}Content-Length: ${size % 7_919}\r\n\r\n${"x".repeat(size % 7_919)}`;
    default:
      return `${method} ${path}${rest}\r\n`;
  }
}

/** The status, and the content if it is the file's. */
function answerTo({ method, size }: Asked): { status: number; content?: Buffer } {
  const content = contents[SIZES.indexOf(size)] as Buffer;
  switch (method) {
    case "GET":
      return { status: 200, content };
    case "HEAD":
      return { status: 200, content: Buffer.alloc(0) };
    case "range":
      return size > 1 ? { status: 206, content: content.subarray(0, size >> 1) } : { status: 200, content };
    case "beyond":
      return { status: 416 };
    case "unchanged":
      return { status: 304, content: Buffer.alloc(0) };
    case "missing":
      return { status: 404 };
    case "OPTIONS":
      return { status: 204, content: Buffer.alloc(0) };
    case "content":
      return { status: 405 };
  }
}

/** Compares what arrives with the answers due, as it arrives. */
function answersTo(asked: Asked[]): { take(octets: Buffer): void; rest(): number } {
  let at = 0;
  let head = Buffer.alloc(0);
  let content: Buffer | undefined;
  /** Octets of content still to come. */
  let missing = 0;
  const takeHead = (octets: Buffer): Buffer => {
    const one = asked[at];
    assert.ok(one !== undefined, `nothing more is due, and there comes ${octets.toString("latin1", 0, 300)}`);
    head = Buffer.concat([head, octets]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return Buffer.alloc(0);
    const text = head.toString("latin1", 0, end);
    const due = answerTo(one);
    assert.equal(text.slice(0, 12), `HTTP/1.1 ${due.status}`, JSON.stringify(one));
    ({ content } = due);
    missing = content?.length ?? Number(/\r\nContent-Length: (\d+)/.exec(text)?.[1]);
    const rest = head.subarray(end + 4);
    head = Buffer.alloc(0);
    if (missing === 0) at++;
    return rest;
  };
  const takeContent = (octets: Buffer): Buffer => {
    const length = Math.min(missing, octets.length);
    const from = (content?.length ?? 0) - missing;
    if (content !== undefined) assert.ok(content.subarray(from, from + length).equals(octets.subarray(0, length)));
    missing -= length;
    if (missing === 0) at++;
    return octets.subarray(length);
  };
  return {
    take(octets) {
      for (let rest = octets; rest.length > 0; ) rest = missing > 0 ? takeContent(rest) : takeHead(rest);
    },
    rest: () => asked.length - at,
  };
}

async function sends(socket: Socket, octets: Buffer, pauses: Conversation["pauses"]): Promise<void> {
  let from = 0;
  for (const { at, millis } of pauses.toSorted((one, other) => one.at - other.at)) {
    const to = Math.floor((octets.length * at) / 1_000);
    socket.write(octets.subarray(from, to));
    from = to;
    await (millis === 0 ? turn() : delay(millis));
  }
  socket.write(octets.subarray(from));
}
