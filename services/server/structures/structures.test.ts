// One suite over real sockets, run for every structure in the table.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type Counters, createCounters } from "../counters.ts";
import { DEFAULT_LIMITS } from "../http/limits.ts";
import { siteFiles, writeSite } from "../site/site.ts";
import type { RunningStructure, Structure } from "./structure.ts";
import { STRUCTURES } from "./table.ts";

for (const [name, structure] of Object.entries(STRUCTURES)) suite(name, () => behaves(structure));

function behaves(structure: Structure): void {
  const files = siteFiles(7);
  const lanes: Counters[] = [];
  let root = "";
  let running: RunningStructure;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "rttlab-server-"));
    await writeSite(root, 7);
    const cache = { bytes: 1_000_000, fileBytes: 200_000, revalidateMillis: 1_000 };
    const site = { root, index: "index.html", cache };
    const newLane = () => {
      const lane = createCounters();
      lanes.push(lane);
      return lane;
    };
    running = await structure.start(
      { address: "127.0.0.1", port: 0, workers: 2, site, limits: DEFAULT_LIMITS },
      newLane,
    );
  });

  after(async () => {
    await running.close(1_000);
    await rm(root, { recursive: true });
  });

  test("a file comes whole, whether it fits the cache or not", async () => {
    for (const path of ["files/1KiB", "files/100KiB", "files/1MiB", "files/10MiB"]) {
      const answer = await exchange(running.port, `GET /${path} HTTP/1.0\r\n\r\n`);
      assert.ok(contentOf(answer).equals(files.get(path) as Buffer), path);
    }
  });

  test("pipelined requests are answered in order, the last one closes", async () => {
    const paths = ["files/1KiB", "files/1MiB", "files/10KiB", "index.html"];
    const input = paths.map((path, index) => request(path, index === paths.length - 1 ? "Connection: close\r\n" : ""));
    let answer = await exchange(running.port, input.join(""));
    for (const path of paths) {
      const content = files.get(path) as Buffer;
      assert.ok(contentOf(answer).subarray(0, content.length).equals(content), path);
      answer = contentOf(answer).subarray(content.length);
    }
    assert.equal(answer.length, 0);
  });
}

function request(path: string, fields = ""): string {
  return `GET /${path} HTTP/1.1\r\nHost: test\r\n${fields}\r\n`;
}

function contentOf(answer: Buffer): Buffer {
  return answer.subarray(answer.indexOf("\r\n\r\n") + 4);
}

/** Sends `input` and gives everything that comes until the server closes. */
function exchange(port: number, input: string): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => socket.write(input));
  socket.on("data", (chunk) => chunks.push(chunk as Buffer));
  socket.on("end", () => socket.end());
  socket.on("close", () => resolve(Buffer.concat(chunks)));
  socket.on("error", reject);
  return promise;
}
