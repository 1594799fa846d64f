// The server as a process: options and signals.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { askService } from "../../lib/contract/ask.ts";
import type { RequestOf } from "../../lib/contract/contract.ts";
import { METRICS_PORT } from "../../lib/contract/places.ts";
import { endServer, launchServer, MAIN } from "./cases/launched-server.ts";
import { connectTo, exchange } from "./cases/raw-client.ts";
import { connectOverRudp } from "./cases/rudp-client.ts";
import type { Structure } from "./structures/structure.ts";
import { STRUCTURES } from "./structures/table.ts";

const MANAGEMENT = "127.0.0.2";
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

it("a management address that is given by hand has metrics, and no socket that only a container has room for", async () => {
  await using server = await launch(["--management-address", MANAGEMENT]);
  const metrics = await fetch(`http://${MANAGEMENT}:${METRICS_PORT}/metrics`, { headers: { connection: "close" } });
  assert.match(await metrics.text(), /^rttlab_http_connections{structure="event"} 0$/m);
  await endServer(server);
});

for (const [structure, { usesSystemCalls }] of Object.entries<Structure>(STRUCTURES))
  it(`${structure} leaves nothing running where its metrics cannot be served, and says why`, {
    skip: usesSystemCalls && process.platform !== "linux" && "it is there on Linux only",
    timeout: 30_000,
  }, async (test) => {
    const taken = createServer().listen(METRICS_PORT, MANAGEMENT);
    test.after(() => taken.close());
    await once(taken, "listening");
    const words = ["--structure", structure, "--workers", "2"];
    const { code, errors } = await refusal(test, [...words, "--management-address", MANAGEMENT]);
    assert.equal(code, 1, errors);
    assert.match(errors, /^E_LISTEN: listening for metrics on 127\.0\.0\.2 port 9100: .*EADDRINUSE/m);
  });

for (const structure of ["event-multi", "staged", "prethread"])
  it(`${structure} leaves nothing running where one of its threads cannot be started`, {
    skip: process.platform !== "linux" && "limits are set as on Linux",
    timeout: 30_000,
  }, async () => {
    // Too few descriptors for so many threads.
    const starting = launchServer(root, ["--structure", structure, "--workers", "24"], {}, 40);
    await assert.rejects(starting, /E_LISTEN: listening on 127\.0\.0\.1 port 0: .*(EMFILE|too many open files)/);
  });

it("a socket for requests that cannot be made ends it, and it says why", { timeout: 30_000 }, async (test) => {
  const control = { RTTLAB_CONTROL_SOCKET: join(root, "missing", "control.sock") };
  const { code, errors } = await refusal(test, ["--management-address", MANAGEMENT], control);
  assert.equal(code, 1, errors);
  assert.match(errors, /^E_LISTEN: listening for requests on .*control\.sock: .*(ENOENT|EACCES)/m);
});

it("other options make it start anew in the same process, with nothing of before; wrong ones change nothing", async () => {
  const control = join(root, "control.sock");
  process.env.RTTLAB_CONTROL_SOCKET = control;
  const environment = { RTTLAB_MGMT_ADDRESS: MANAGEMENT, RTTLAB_CONTROL_SOCKET: control };
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

/** Longer than a server takes to be ready. */
const BURNT_SECONDS = 1;

for (const structure of ["prethread", "prefork"])
  it(`${structure}: what its threads and processes took of the processor does not count after other options`, {
    skip: process.platform !== "linux" && "it is there on Linux only",
  }, async () => {
    const control = join(root, "control.sock");
    process.env.RTTLAB_CONTROL_SOCKET = control;
    const environment = { RTTLAB_MGMT_ADDRESS: MANAGEMENT, RTTLAB_CONTROL_SOCKET: control };
    const server = await launch(["--workers", "2"], { ...environment, SERVER_STRUCTURE: structure });
    await using client = await connectTo(server.port);
    while ((await processorSeconds()) < BURNT_SECONDS) {
      client.send(PERSISTENT.repeat(500));
      await once(client.socket, "data");
    }
    const ready = server.next("ready");
    await askService("server.set", { options: { structure: "fork" } }, () => {});
    await ready;
    const counted = await processorSeconds();
    assert.ok(counted < BURNT_SECONDS / 2, `${counted} s`);
    await endServer(server);
  });

/** The processor time that the server's metrics have. */
async function processorSeconds(): Promise<number> {
  const address = `http://${MANAGEMENT}:${METRICS_PORT}/metrics`;
  const page = await (await fetch(address, { headers: { connection: "close" } })).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(page)?.[1]);
}

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

/** How a server ends that cannot start. */
async function refusal(test: TestContext, options: string[], environment: Readonly<Record<string, string>> = {}) {
  const words = [MAIN, "--port", "0", "--root", root, ...options];
  const server = spawn(process.execPath, words, { env: { ...process.env, ...environment } });
  test.after(() => server.kill("SIGKILL"));
  let errors = "";
  server.stderr.on("data", (text) => (errors += text));
  const [code] = await once(server, "close");
  return { code, errors };
}

const launch = (options: string[], environment: Readonly<Record<string, string>> = {}) =>
  launchServer(root, options, environment);
