// Head and content of an answer in one segment or in two, and the second at once or after the
// acknowledgement of the first (RFC 9293 section 3.7.4, RFC 1122 section 4.2.3.2), for every
// structure. The kernel counts the segments.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Writes } from "../../../lib/sockets/piece.ts";
import { acknowledge, nodelayOf, segmentsReceived } from "../../../lib/sockets/tcp-state.ts";
import { everyStructure, type Server, startServer, type Wanted } from "../cases/loopback-server.ts";
import { connectTo, exchange, type RawClient } from "../cases/raw-client.ts";
import { siteFiles, writeSite } from "../sample-site/sample-site.ts";
import type { Structure } from "./structure.ts";

const CONTENT = siteFiles(7).get("files/1KiB") as Buffer;
/** The first is read from the disk, the others are in memory. */
const REQUESTS = 3;
/** An acknowledgement that Linux delays takes 40 ms at least (TCP_DELACK_MIN). */
const DELAYED_MILLIS = 20;
/** A machine that does other work may make one answer late, or the client late for its head. */
const ATTEMPTS = 5;
/** Their heads and contents differ in how they go out. */
const FILES = ["files/1KiB", "files/1KiB", "empty", "files/100KiB", "missing", "files/1MiB", "files/10MiB"];

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-writes-"));
  await writeSite(root, 7);
  await writeFile(join(root, "empty"), "");
});
after(() => rm(root, { recursive: true }));

describe("answers", { skip: process.platform !== "linux" && "the counts are there on Linux only" }, () => {
  for (const [name, structure] of everyStructure()) describe(`of ${name}`, () => answers(structure));
});

function answers(structure: Structure): void {
  const start = (wanted: Wanted) => startServer(structure, root, { serverTiming: false, workers: 1, ...wanted });

  it("in whole are a segment each, with Nagle's algorithm off", async () => {
    await using server = await start({});
    await using client = await connectTo(server.port);
    assert.deepEqual(await segmentsOfAnswers(client), [1, 1, 1]);
    assert.equal(await nodelayOfServer(server, client), true);
  });

  it("in parts are two, which arrive one after the other at once", async () => {
    await using server = await start({ writes: "parts" });
    await using client = await connectTo(server.port);
    assert.deepEqual(await segmentsOfAnswers(client), [2, 2, 2]);
    assert.ok(Math.min(...(await waitsForContent(client))) < DELAYED_MILLIS);
  });

  it("in parts with Nagle's algorithm keep their content back until the client acknowledges their head", async () => {
    await using server = await start({ writes: "parts", nodelay: false });
    await using client = await connectTo(server.port);
    assert.deepEqual(await segmentsOfAnswers(client), [2, 2, 2]);
    assert.ok(Math.max(...(await waitsForContent(client))) > DELAYED_MILLIS);
    assert.equal(await nodelayOfServer(server, client), false);
  });

  it("in parts are the same octets, in the same order", async () => {
    const [whole, parts] = [await allAnswers(start, "whole"), await allAnswers(start, "parts")];
    assert.ok(whole.length > 11_000_000);
    assert.ok(whole.equals(parts));
  });
}

async function segmentsOfAnswers(client: RawClient): Promise<number[]> {
  const counts: number[] = [];
  for (let request = 0; request < REQUESTS; request++) {
    const before = await segmentsReceived(client.socket);
    await ask(client, "at once");
    counts.push((await segmentsReceived(client.socket)) - before);
  }
  return counts;
}

/** Milliseconds from a head to its content, of a client that acknowledges late. */
async function waitsForContent(client: RawClient): Promise<number[]> {
  const waits: number[] = [];
  for (let request = 0; request < ATTEMPTS; request++) {
    const arrivals = await ask(client, "late");
    waits.push((arrivals.at(-1) as number) - (arrivals[0] as number));
  }
  return waits;
}

/**
 * Requests the small file; resolves to the times at which its octets came. Where a client
 * acknowledges late, the server may send the last segment again to probe for a loss (RFC 8985).
 */
async function ask({ socket, send }: RawClient, acknowledges: "at once" | "late"): Promise<number[]> {
  const arrivals: number[] = [];
  const octets: Buffer[] = [];
  const whole = Promise.withResolvers<void>();
  const take = (chunk: Buffer): void => {
    arrivals.push(performance.now());
    octets.push(chunk);
    if (Buffer.concat(octets).includes(CONTENT)) whole.resolve();
  };
  socket.on("data", take);
  send(get("files/1KiB"));
  // A request that follows an answer makes the kernel acknowledge late.
  await acknowledge(socket, acknowledges);
  await whole.promise;
  socket.off("data", take);
  return arrivals;
}

/** TCP_NODELAY of the connection, or where that is in another process, of what it inherits from. */
async function nodelayOfServer({ port }: Server, { socket }: RawClient): Promise<boolean | undefined> {
  return (await nodelayOf(port, (socket.address() as AddressInfo).port)) ?? nodelayOf(port);
}

/** Answers to pipelined requests, without their dates. */
async function allAnswers(start: (wanted: Wanted) => Promise<Server>, writes: Writes): Promise<Buffer> {
  await using server = await start({ writes });
  const head = "HEAD /files/1KiB HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
  const answers = await exchange(server.port, FILES.map(get).join("") + head);
  return Buffer.from(answers.toString("latin1").replaceAll(/\r\nDate: [^\r]+/g, ""), "latin1");
}

function get(path: string): string {
  return `GET /${path} HTTP/1.1\r\nHost: test\r\n\r\n`;
}
