// The server as a process: options and signals.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { askService } from "../../lib/contract/ask.ts";
import type { RequestOf } from "../../lib/contract/contract.ts";
import { endServer, launchServer, MAIN } from "./cases/launched-server.ts";
import { connectTo, exchange } from "./cases/raw-client.ts";
import { connectOverRudp } from "./cases/rudp-client.ts";

const HELLO = "GET /hello.txt HTTP/1.0\r\n\r\n";
const PERSISTENT = "GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n";
let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-main-"));
  await writeFile(join(root, "hello.txt"), "hello");
});
after(() => rm(root, { recursive: true }));

for (const structure of ["event", "event-multi"])
  it(`${structure} says ready, logs answers when asked, and ends with 0 on SIGTERM`, async () => {
    const server = await launch(["--log", "common", "--structure", structure, "--workers", "2"]);
    assert.match((await exchange(server.port, HELLO)).toString(), /hello$/);
    server.process.kill("SIGTERM");
    const [code] = await once(server.process, "close");
    assert.equal(code, 0);
    assert.match(server.log(), /^127\.0\.0\.1 - - \[.*\] "GET \/hello\.txt HTTP\/1\.0" 200 5$/m);
    assert.match(server.log(), /^{"event":"draining"/m);
  });

it("the environment chooses the protocol, and the ready line names it", async () => {
  const server = await launch(["--structure", "event-multi", "--workers", "1"], { RTTLAB_PROTOCOL: "echo" });
  await using client = await connectTo(server.port);
  client.send(HELLO);
  assert.equal(await client.until(HELLO), HELLO);
  client.end();
  assert.equal((await client.closed).toString(), HELLO);
  await endServer(server);
  assert.match(server.log(), /^{"event":"ready".*"protocol":"echo"/m);
});

for (const structure of ["event-multi", "staged", "prethread", "prefork", "fork"])
  it(`${structure} over RUDP says ready, serves files, and ends with 0 on SIGTERM`, {
    skip: process.platform !== "linux" && "it is there on Linux only",
  }, async () => {
    const server = await launch(["--structure", structure, "--workers", "2", "--transport", "rudp"]);
    assert.match((await exchange(server.port, HELLO, connectOverRudp)).toString(), /hello$/);
    await endServer(server);
    assert.match(server.log(), /^{"event":"ready".*"transport":"rudp","sockets":"rudp"/m);
  });

it("bad settings are refused together, with exit status 2", async () => {
  const server = spawn(process.execPath, [MAIN, "--port", "x", "--structure", "y", "--cache-bytes=-1"]);
  let errors = "";
  server.stderr.on("data", (text) => (errors += text));
  const [code] = await once(server, "exit");
  assert.equal(code, 2);
  for (const part of ["--port: x cannot be read", "0 to 65535", "--structure: y", "event-multi", "--cache-bytes"])
    assert.ok(errors.includes(part), errors);
});

/** With as many workers as connections where each connection holds one. */
const WORKERS = { event: 1, "event-multi": 1, coroutine: 1, staged: 1, prethread: 3, prefork: 3, thread: 3, fork: 3 };

for (const [structure, workers] of Object.entries(WORKERS)) {
  const skip = workers > 1 && process.platform !== "linux" && "it is there on Linux only";

  it(`${structure}: the more connections there are, the sooner idle ones close, and one that waits already does too`, {
    skip,
  }, async () => {
    const times = ["--idle-min-ms", "100", "--idle-max-ms", "90000", "--idle-capacity", "3", "--linger-ms", "50"];
    const server = await launch(["--structure", structure, "--workers", String(workers), ...times]);
    await using waiting = await connectTo(server.port);
    waiting.send(PERSISTENT);
    await waiting.until("hello");
    const began = performance.now();
    await using _second = await connectTo(server.port);
    await using _third = await connectTo(server.port);
    await waiting.closed;
    assert.ok(performance.now() - began < 30_000, "alone it would have waited for 60 s");
    await endServer(server);
  });
}

for (const structure of ["event", "event-multi"])
  it(`${structure}: each request begins the wait anew`, async () => {
    const times = ["--idle-min-ms", "4000", "--idle-max-ms", "4000", "--linger-ms", "50"];
    const server = await launch(["--structure", structure, "--workers", "1", ...times]);
    await using client = await connectTo(server.port);
    for (let request = 1; request <= 3; request++) {
      if (request > 1) await delay(2200);
      client.send(PERSISTENT);
      while ((await client.until("hello")).split("hello").length <= request) await once(client.socket, "data");
    }
    await endServer(server);
  });

it("other options make it start anew in the same process, with nothing of before; wrong ones change nothing", async () => {
  const control = join(root, "control.sock");
  process.env.RTTLAB_CONTROL_SOCKET = control;
  const environment = { RTTLAB_MGMT_ADDRESS: "127.0.0.2", RTTLAB_CONTROL_SOCKET: control };
  const server = await launch(["--workers", "2"], { ...environment, SERVER_STRUCTURE: "prethread" });
  const ask = <Op extends "server.status" | "server.set">(op: Op, request: RequestOf<Op>) =>
    askService(op, request, () => {});
  const { pid } = server.process;
  await using held = await connectTo(server.port);
  held.send(PERSISTENT);
  await held.until("hello");
  await assert.rejects(ask("server.set", { options: { structure: "gopher", workers: "3" } }), {
    code: "E_BAD_ENVIRONMENT",
  });
  await assert.rejects(ask("server.set", { options: { structures: "event" } }), { code: "E_REQUEST" });
  await assert.rejects(ask("server.set", {} as RequestOf<"server.set">), { code: "E_REQUEST" });
  assert.equal((await ask("server.status", {})).options.structure, "prethread");
  const ready = server.next("ready");
  assert.deepEqual(await ask("server.set", { options: { structure: "fork", protocol: "echo" } }), { restarts: true });
  const { port } = await ready;
  const status = await ask("server.status", {});
  assert.deepEqual([status.structure, status.protocol, status.accepted], ["fork", "echo", 0]);
  assert.equal(server.process.pid, pid);
  await held.closed.catch(() => {});
  await using client = await connectTo(port);
  client.send("again");
  await client.until("again");
  client.end();
  await endServer(server);
});

it("Server-Timing is sent where it was asked for, and nowhere else", async () => {
  for (const [options, isThere] of [
    [[], false],
    [["--server-timing", "on"], true],
  ] as const) {
    const server = await launch([...options]);
    assert.equal(/\r\nServer-Timing: /.test((await exchange(server.port, HELLO)).toString("latin1")), isThere);
    await endServer(server);
  }
});

it("a broken .htaccess gives 500, and the log says where and why", async () => {
  await mkdir(join(root, "broken"));
  await writeFile(join(root, "broken", ".htaccess"), "Order Allow,Deny\nAlow from all\n");
  const server = await launch([]);
  assert.match((await exchange(server.port, "GET /broken/ HTTP/1.0\r\n\r\n")).toString("latin1"), /^HTTP\/1\.1 500 /);
  await endServer(server);
  const line =
    server
      .log()
      .split("\n")
      .find((text) => text.includes("htaccess-broken")) ?? "{}";
  const { path, line: number, problem } = JSON.parse(line);
  assert.deepEqual([path.endsWith("/broken/.htaccess"), number], [true, 2]);
  assert.match(problem, /alow/);
});

const launch = (options: string[], environment: Readonly<Record<string, string>> = {}) =>
  launchServer(root, options, environment);
