// The whole service as in a container, but on loopback: its process, its control socket, its
// metrics, `load`.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import type { LoadResult } from "../../lib/contract/load/load.ts";

const MGMT_ADDRESS = "127.0.0.77";

let folder: string;
let service: ChildProcess;
const CLIENT = "../../lib/contract/request.ts";
let target: string;
const server = createServer((_request, response) => response.end("hello"));

function start(file: string, args: string[] = [], environment: Record<string, string> = {}): ChildProcess {
  const path = join(import.meta.dirname, file);
  const env = { ...process.env, RTTLAB_CONTROL_SOCKET: join(folder, "control.sock"), ...environment };
  return spawn(process.execPath, [path, ...args], { env, stdio: ["pipe", "pipe", "pipe"] });
}

async function outcome(child: ChildProcess): Promise<{ code: number; stdout: string; stderr: string }> {
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "close") as Promise<[number]>,
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ]);
  return { code, stdout, stderr };
}

function startRequest(request: object, ends = true): ChildProcess {
  const child = start(CLIENT);
  child.stdin?.write(`${JSON.stringify(request)}\n`);
  if (ends) child.stdout?.once("data", () => child.stdin?.end());
  return child;
}

function nextRequest(fits: (url: string) => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = ({ url = "" }: { url?: string }) => {
    if (!fits(url)) return;
    server.off("request", listener);
    resolve();
  };
  server.on("request", listener);
  return promise;
}

async function metric(name: string): Promise<string | undefined> {
  const text = await (await fetch(`http://${MGMT_ADDRESS}:9100/metrics`)).text();
  return text
    .split("\n")
    .find((line) => line.startsWith(`${name} `))
    ?.slice(name.length + 1);
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "loadgen-"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  service = start("main.ts", [], {
    RTTLAB_SCENARIO: "test",
    RTTLAB_NAME: "load-a",
    RTTLAB_DATA_ADDRESS: "127.0.0.1",
    RTTLAB_MGMT_ADDRESS: MGMT_ADDRESS,
  });
  const [line] = await once(createInterface({ input: service.stderr as NodeJS.ReadableStream }), "line");
  assert.equal(JSON.parse(line).event, "ready");
});

after(async () => {
  service.kill("SIGTERM");
  const [code] = await once(service, "exit");
  server.close();
  await rm(folder, { recursive: true });
  assert.equal(code, 0);
});

describe("the load generator service", () => {
  it("runs what load asks for and prints a table", async () => {
    const { code, stdout, stderr } = await outcome(start("load.ts", [`target=${target}`, "http=1.0", "requests=5"]));
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^HTTP\/1\.0 127\.0\.0\.1:\d+\/, 1 user/);
    assert.match(stdout, /^completed +5 /m);
  });

  it("gives the result as one JSON document", async () => {
    for (const spelling of ["--json", "json"]) {
      const { code, stdout } = await outcome(start("load.ts", [spelling, `target=${target}`, "requests=5"]));
      const result: LoadResult = JSON.parse(stdout);
      assert.deepEqual([code, result.completed, result.connections], [0, 5, 1]);
    }
  });

  it("refuses words and settings that are wrong with exit 2, all problems listed", async () => {
    const words = await outcome(start("load.ts", ["colour=red", "users=many"]));
    assert.equal(words.code, 2);
    assert.match(words.stderr, /^E_USAGE:.*\n {2}colour: .*\n {2}users: /);
    const ranges = await outcome(start("load.ts", ["users=0", "path=x"]));
    assert.equal(ranges.code, 2);
    assert.match(ranges.stderr, /^E_BAD_LOAD:.*\n {2}path: .*\n {2}users: /);
  });

  it("exits 1 when nothing was completed, and 0 after help", async () => {
    const { code, stdout } = await outcome(start("load.ts", [`target=${target}`, "requests=1", "expect=1"]));
    assert.equal(code, 1);
    assert.match(stdout, /first wrong/);
    const help = await outcome(start("load.ts", ["--help"]));
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Examples:/);
  });

  it("exits 1 at once where no server is", async () => {
    const { code, stdout, stderr } = await outcome(start("load.ts", ["target=127.0.0.1:1", "seconds=60"]));
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^E_NO_SERVER: loading 127\.0\.0\.1:1: /);
  });

  it("does one load at a time, and cancels one whose client went away", async () => {
    const first = start(CLIENT);
    first.stdin?.write(`${JSON.stringify({ op: "run", target, seconds: 60 })}\n`);
    await once(createInterface({ input: first.stdout as NodeJS.ReadableStream }), "line");
    const second = await outcome(start("load.ts", [`target=${target}`, "requests=1"]));
    assert.equal(second.code, 1);
    assert.match(second.stderr, /^E_BUSY/);
    first.stdin?.end();
    const [code] = await once(first, "exit");
    assert.equal(code, 1);
    const third = await outcome(start("load.ts", [`target=${target}`, "requests=1"]));
    assert.equal(third.code, 0);
  });

  it("runs a background load whenever nobody needs quiet: a run or a request for it holds it, and it goes on after", async () => {
    const loads: string[] = [];
    server.on("request", ({ url = "" }) => loads.push(url));
    const asked = () => nextRequest((url) => url === "/background");
    const set = (load: object | null) => outcome(startRequest({ op: "background", load }));
    const first = asked();
    assert.equal((await set({ target, path: "/background", users: 2, thinkMillis: 5 })).code, 0);
    await first;
    assert.equal(await metric('rttlab_load_running{kind="background"}'), "1");

    const quiet = startRequest({ op: "quiet" }, false);
    await once(createInterface({ input: quiet.stdout as NodeJS.ReadableStream }), "line");
    loads.length = 0;
    const { code } = await outcome(start("load.ts", [`target=${target}`, "path=/run", "requests=20"]));
    assert.equal(code, 0);
    assert.deepEqual([...new Set(loads)], ["/run"], "quiet outlasts a run");
    assert.equal(await metric('rttlab_load_running{kind="background"}'), "0");
    const again = asked();
    quiet.stdin?.end();
    await again;

    assert.equal((await set(null)).code, 0);
    loads.length = 0;
    assert.equal((await outcome(start("load.ts", [`target=${target}`, "path=/run", "requests=5"]))).code, 0);
    assert.deepEqual([...new Set(loads)], ["/run"], "none is none");
    assert.equal(await metric("rttlab_load_in_flight"), "0");
    assert.match((await set({ target: "no.such.name:80" })).stdout, /E_BAD_TARGET/);
    assert.match((await set({ target, users: 0 })).stdout, /E_BAD_LOAD/);
  });

  it("serves metrics on the management address only", async () => {
    const response = await fetch(`http://${MGMT_ADDRESS}:9100/metrics`);
    assert.match(await response.text(), /rttlab_load_offered_total/);
    await assert.rejects(fetch("http://127.0.0.1:9100/metrics"));
  });

  it("refuses an environment that is not whole with exit 2", async () => {
    const { code, stderr } = await outcome(start("main.ts", [], { RTTLAB_DATA_ADDRESS: "here" }));
    assert.equal(code, 2);
    assert.match(stderr, /RTTLAB_DATA_ADDRESS: here cannot be read/);
    assert.match(stderr, /RTTLAB_MGMT_ADDRESS: is missing/);
  });
});
