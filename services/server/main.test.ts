// The server as a process: options, signals and limits.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { askService } from "../../lib/contract/ask.ts";
import type { RequestOf } from "../../lib/contract/contract.ts";
import { usableSockets } from "../../lib/sockets/kinds.ts";
import { connectTo, exchange, type RawClient } from "./cases/raw-client.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const HELLO = "GET /hello.txt HTTP/1.0\r\n\r\n";
const PERSISTENT = "GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n";
let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-main-"));
  await writeFile(join(root, "hello.txt"), "hello");
});
/** A failed test leaves its server running. */
const launched = new Set<ChildProcess>();
after(() => {
  for (const child of launched) child.kill("SIGKILL");
  return rm(root, { recursive: true });
});

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
  await end(server.process);
  assert.match(server.log(), /^{"event":"ready".*"protocol":"echo"/m);
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

for (const structure of ["event", "event-multi"]) {
  const one = ["--structure", structure, "--workers", "1", "--linger-ms", "50"];

  it(`${structure}: the more connections there are, the sooner idle ones close, and one that waits already does too`, async () => {
    const times = ["--idle-min-ms", "100", "--idle-max-ms", "90000", "--idle-capacity", "3"];
    const server = await launch([...one, ...times]);
    await using waiting = await connectTo(server.port);
    waiting.send(PERSISTENT);
    await waiting.until("hello");
    const began = performance.now();
    await using _second = await connectTo(server.port);
    await using _third = await connectTo(server.port);
    await waiting.closed;
    assert.ok(performance.now() - began < 30_000, "alone it would have waited for 60 s");
    await end(server.process);
  });

  it(`${structure}: each request begins the wait anew`, async () => {
    const server = await launch([...one, "--idle-min-ms", "1200", "--idle-max-ms", "1200"]);
    await using client = await connectTo(server.port);
    for (let request = 1; request <= 3; request++) {
      if (request > 1) await delay(700);
      client.send(PERSISTENT);
      while ((await client.until("hello")).split("hello").length <= request) await once(client.socket, "data");
    }
    await end(server.process);
  });
}

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
  await end(server.process);
});

it("Server-Timing is sent where it was asked for, and nowhere else", async () => {
  for (const [options, isThere] of [
    [[], false],
    [["--server-timing", "on"], true],
  ] as const) {
    const server = await launch([...options]);
    assert.equal(/\r\nServer-Timing: /.test((await exchange(server.port, HELLO)).toString("latin1")), isThere);
    await end(server.process);
  }
});

it("a broken .htaccess gives 500, and the log says where and why", async () => {
  await mkdir(join(root, "broken"));
  await writeFile(join(root, "broken", ".htaccess"), "Order Allow,Deny\nAlow from all\n");
  const server = await launch([]);
  assert.match((await exchange(server.port, "GET /broken/ HTTP/1.0\r\n\r\n")).toString("latin1"), /^HTTP\/1\.1 500 /);
  await end(server.process);
  const line =
    server
      .log()
      .split("\n")
      .find((text) => text.includes("htaccess-broken")) ?? "{}";
  const { path, line: number, problem } = JSON.parse(line);
  assert.deepEqual([path.endsWith("/broken/.htaccess"), number], [true, 2]);
  assert.match(problem, /alow/);
});

for (const structure of ["event", "event-multi"])
  it(`${structure}: when descriptors run out, connections are shed, and it recovers when some are free again`, async () => {
    const server = await launch(["--structure", structure, "--workers", "2"], {}, 64);
    await using open = new AsyncDisposableStack();
    const clients: RawClient[] = [];
    for (let index = 0; index < 100; index++) clients.push(open.use(await connectTo(server.port)));
    // Connections beyond the limit are closed unanswered. A closed one shows that the limit was
    // reached.
    await Promise.race(clients.map(({ closed }) => closed.catch(() => {})));
    for (const { socket } of clients) socket.destroy();
    await Promise.all(clients.map(({ socket }) => socket.closed || once(socket, "close")));
    for (let served = false; !served; ) {
      const answer = await exchange(server.port, HELLO).catch(() => "");
      served = /hello$/.test(answer.toString());
    }
    await end(server.process);
  });

/** Long for an answer that does not have to wait for a descriptor. */
const WAITED_MILLIS = 3_000;

for (const sockets of ["net", "epoll"] as const)
  it(`${sockets}: when descriptors run out, idle connections give theirs back at once, not after the drain`, async (context) => {
    if (!usableSockets().includes(sockets)) return context.skip("this system has no such sockets");
    const times = ["--linger-ms", "3600000", "--idle-min-ms", "1", "--idle-max-ms", "3600000"];
    const server = await launch(["--sockets", sockets, ...times], {}, 64);
    // None of them closes its half, and they are many times more than the limit.
    await using open = new AsyncDisposableStack();
    const clients: RawClient[] = [];
    let served = 0;
    for (let index = 0; index < 300; index++) {
      const client = open.use(await connectTo(server.port));
      clients.push(client);
      client.send(PERSISTENT);
      const answer = await Promise.race([client.until("hello").catch(() => ""), delay(WAITED_MILLIS, "")]);
      if (answer.endsWith("hello")) served++;
      // Later clients find this one idle for longer than the minimum.
      await delay(2);
    }
    // libuv reports nothing when it has no descriptor for a new connection. On a busy machine a few
    // wait in vain.
    assert.ok(served >= (sockets === "epoll" ? clients.length : 0.9 * clients.length), `${served} were served`);
    for (const { socket } of clients) socket.destroy();
    await end(server.process);
  });

/** Ends the server in an orderly way. */
async function end(server: ChildProcess): Promise<void> {
  server.kill("SIGTERM");
  assert.deepEqual(await once(server, "close"), [0, null]);
}

interface Launched {
  process: ChildProcess;
  port: number;
  log(): string;
  /** The next line of its log with this event. */
  next(event: string): Promise<{ port: number }>;
}

/**
 * Starts the server on a free port, optionally with a limit on its descriptors, and waits until it
 * is ready.
 */
async function launch(
  options: string[],
  environment: Readonly<Record<string, string>> = {},
  descriptors?: number,
): Promise<Launched> {
  const command = [process.execPath, MAIN, "--port", "0", "--root", root, ...options];
  const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors}; `;
  const child = spawn("sh", ["-c", `${limit}exec "$@"`, "sh", ...command], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  launched.add(child.once("exit", () => launched.delete(child)));
  const lines: string[] = [];
  const input = createInterface({ input: child.stderr as NonNullable<typeof child.stderr> });
  input.on("line", (line) => lines.push(line));
  const next = (event: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<{ port: number }>();
    input.on("line", (line) => line.startsWith(`{"event":"${event}"`) && resolve(JSON.parse(line)));
    child.once("exit", () => reject(new Error(lines.join("\n"))));
    promise.catch(() => {});
    return promise;
  };
  return { process: child, port: (await next("ready")).port, log: () => lines.join("\n"), next };
}
