// `load` without a testbed, as a process, against a server on loopback.

import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import type { LoadResult } from "../../lib/contract/load/load.ts";
import { USAGE } from "../../lib/contract/load/words.ts";

const server = createServer((_request, response) => response.end("hello"));
let host: string;

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

const load = (words: readonly string[]) => outcome(spawnLoad(words));

function spawnLoad(words: readonly string[]) {
  const environment = { ...process.env, RTTLAB_CONTROL_SOCKET: "/nowhere" };
  return spawn(process.execPath, [join(import.meta.dirname, "load.ts"), ...words], { env: environment });
}

async function outcome(child: ChildProcessWithoutNullStreams) {
  const [[code], stdout, stderr] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

describe("load without a testbed", () => {
  it("runs the examples of its help, with another server and less time", async () => {
    const examples = [...USAGE.matchAll(/^ {2}load (.*)$/gm)].map(([, words = ""]) => words.split(" "));
    assert.equal(examples.length, 5);
    const shorter = (word: string) =>
      word
        .replace("http://server/", `http://${host}/`)
        .replace(/^seconds=\d+$/, "seconds=1")
        .replace(/^5s$/, "1");
    const runs = examples.map((words) => load([`target=${host}`, ...words.map(shorter), "--json"]));
    for (const [index, { code, stdout, stderr }] of (await Promise.all(runs)).entries()) {
      assert.deepEqual([code, stderr], [0, ""], examples[index]?.join(" ") ?? "");
      const result: LoadResult = JSON.parse(stdout);
      assert.ok(result.completed > 0 && result.failed === 0, examples[index]?.join(" ") ?? "");
    }
  });

  it("exits 1 at once where no server is", async () => {
    const { code, stderr, stdout } = await load(["target=127.0.0.1:1", "seconds=60"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^E_NO_SERVER: loading 127\.0\.0\.1:1: .*\n {2}because: .*ECONNREFUSED/);
  });

  it("lists every problem and exits 2", async () => {
    const { code, stderr } = await load(["rate=5", "users=3", "path=x"]);
    assert.equal(code, 2);
    assert.match(stderr, /^E_BAD_LOAD:.*\n {2}path: .*\n {2}users: /);
  });
});

describe("a log that is replayed", () => {
  it("is asked for once, in its order, though it comes by standard input", async () => {
    const paths: string[] = [];
    const note = ({ url = "" }: { url?: string }) => void paths.push(url);
    server.on("request", note);
    const line = (second: number, path: string) =>
      `127.0.0.1 - - [28/Nov/2026:10:00:0${second} +0000] "GET ${path} HTTP/1.1" 200 5\n`;
    const child = spawnLoad([`target=${host}`, "rtt=1ms", "replay=-", "speed=20", "--json"]);
    child.stdin.end([line(0, "/a"), line(1, "/b"), line(1, "/c"), line(4, "/a")].join(""));
    const { code, stdout, stderr } = await outcome(child);
    server.off("request", note);
    assert.deepEqual([code, stderr, paths], [0, "", ["/a", "/b", "/c", "/a"]]);
    assert.equal((JSON.parse(stdout) as LoadResult).completed, 4);
  });
});
