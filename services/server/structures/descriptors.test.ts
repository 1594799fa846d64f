// Running out of descriptors, in every structure and on every kind of sockets that it can have: it
// serves on afterwards, says so in a metric while they are out, and no client waits in vain: it is
// answered, or its connection is closed and counted.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { METRICS_PORT } from "../../../lib/contract/places.ts";
import { usableSockets } from "../../../lib/sockets/kinds.ts";
import { endServer, type LaunchedServer, launchServer } from "../cases/launched-server.ts";
import { connectTo, exchange, type RawClient } from "../cases/raw-client.ts";
import { STRUCTURES } from "./table.ts";

const HELLO = "GET /hello.txt HTTP/1.0\r\n\r\n";
const PERSISTENT = "GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n";
const MANAGEMENT = "127.0.0.3";
const WORKERS = 3;
const CLIENTS = 6;
/** libuv says nothing of a lack of descriptors, so Node's sockets go by the limit at the start. */
const NET_LIMIT = 100;
/** Nothing announces a change of a metric. */
const POLL_MILLIS = 5;
/**
 * Descriptors that are left: none for a connection, some for connections and none for their
 * workers or files, and some for a part of them.
 */
const ROOMS = [0, 1, 3];

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-descriptors-"));
  await writeFile(join(root, "hello.txt"), "hello");
});
after(() => rm(root, { recursive: true }));

type Protocol = "http" | "echo";

/** Every structure with every kind of sockets, as options of the server. */
const rows = Object.entries(STRUCTURES).flatMap(
  ([structure, { usesSystemCalls }]: [string, { usesSystemCalls?: boolean }]) =>
    usesSystemCalls ? [{ structure, sockets: "blocking" }] : usableSockets().map((sockets) => ({ structure, sockets })),
);

describe("when descriptors run out", { skip: process.platform !== "linux" && "limits are set as on Linux" }, () => {
  for (const protocol of ["http", "echo"] as const) for (const row of rows) servesOn(row, protocol);
});

function servesOn({ structure, sockets }: (typeof rows)[number], protocol: Protocol): void {
  it(`${structure} with ${sockets} sockets and ${protocol} says so, leaves no client waiting, and serves on`, async () => {
    const kind = sockets === "blocking" ? [] : ["--sockets", sockets];
    const options = ["--structure", structure, "--workers", String(WORKERS), "--protocol", protocol, ...kind];
    const places = { RTTLAB_MGMT_ADDRESS: MANAGEMENT, RTTLAB_CONTROL_SOCKET: join(root, "control") };
    const isNet = sockets === "net";
    await using server = await launchServer(root, options, places, isNet ? NET_LIMIT : undefined);
    using metrics = keptMetrics();
    let counted = await metrics.read("accept_errors_total");
    assert.equal(counted, 0);
    for (const room of isNet ? [0] : ROOMS) {
      const exhausted = await (isNet ? fill(server.port) : tighten(await workersOf(server, structure), room));
      let settled = 0;
      const asked = Array.from({ length: CLIENTS }, async () => {
        const outcome = await ask(server.port, protocol);
        settled++;
        return outcome;
      });
      const errors = () => metrics.read("accept_errors_total");
      while (settled < CLIENTS && (await errors()) === counted) await delay(POLL_MILLIS);
      exhausted.lift();
      const outcomes = await Promise.all(asked);
      const counts: number = (await errors()) - counted;
      counted += counts;
      const unanswered = outcomes.filter((outcome) => outcome === "closed").length;
      assert.ok(counts >= Math.max(unanswered, room === 0 ? 1 : 0), `${counts} counted of ${outcomes}`);
      while ((await ask(server.port, protocol)) !== "answered") await delay(POLL_MILLIS);
    }
    await endServer(server);
  });
}

/** Long for an answer that does not have to wait for a descriptor. */
const WAITED_MILLIS = 3_000;

for (const sockets of ["net", "epoll"] as const)
  it(`${sockets}: when descriptors run out, idle connections give theirs back at once, not after the drain`, async (context) => {
    if (!usableSockets().includes(sockets)) return context.skip("this system has no such sockets");
    const times = ["--linger-ms", "3600000", "--idle-min-ms", "1", "--idle-max-ms", "3600000"];
    await using server = await launchServer(root, ["--sockets", sockets, ...times], {}, 64);
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
    await endServer(server);
  });

/** Many times what is left of the limit. */
const SILENT_CLIENTS = 128;

for (const structure of ["event", "coroutine"])
  for (const sockets of usableSockets())
    it(`${structure} on ${sockets}: when descriptors run out, connections that were closed for being idle give theirs back at once`, async () => {
      const times = ["--linger-ms", "3600000", "--idle-min-ms", "1000", "--idle-max-ms", "1000"];
      const kind = ["--structure", structure, "--sockets", sockets];
      await using server = await launchServer(root, [...kind, ...times], {}, 64);
      await using open = new AsyncDisposableStack();
      const clients = await Promise.all(Array.from({ length: SILENT_CLIENTS }, () => connectTo(server.port)));
      for (const client of clients) open.use(client);
      await Promise.allSettled(clients.map(({ closed }) => closed));
      assert.equal(await ask(server.port, "http"), "answered");
      for (const { socket } of clients) socket.destroy();
      await endServer(server);
    });

/** One request: an answer of HTTP has a status, one of echo is the request. */
async function ask(port: number, protocol: Protocol): Promise<string> {
  const answer = (await (protocol === "http" ? exchange : echoed)(port, HELLO).catch(() => "")).toString("latin1");
  if (answer === "") return "closed";
  return answer === HELLO || answer.startsWith("200 ", "HTTP/1.1 ".length) ? "answered" : answer;
}

/** The octets that come back until the server closes, which echo does after its client. */
async function echoed(port: number, input: string): Promise<Buffer> {
  await using client = await connectTo(port);
  client.send(input);
  client.end();
  return await client.closed;
}

interface Exhausted {
  /** There are descriptors again. */
  lift(): void;
}

/** Leaves each process `room` descriptors; what is open beyond its limit stays so. */
async function tighten(processes: readonly number[], room: number): Promise<Exhausted> {
  const usual = await Promise.all(processes.map(softLimit));
  for (const one of processes) limitDescriptors(one, await nextFree(one, room));
  return { lift: () => processes.forEach((one, at) => void limitDescriptors(one, usual[at] as number)) };
}

/** Connects silent clients until all descriptors are taken. */
async function fill(port: number): Promise<Exhausted> {
  const clients: RawClient[] = [];
  for (let index = 0; index < NET_LIMIT; index++) clients.push(await connectTo(port));
  await Promise.any(clients.map(({ closed }) => closed));
  return { lift: () => clients.forEach(({ socket }) => void socket.destroy()) };
}

function limitDescriptors(pid: number, limit: number): void {
  execFileSync("prlimit", ["--pid", String(pid), `--nofile=${limit}:`]);
}

async function softLimit(pid: number): Promise<number> {
  return Number(/^Max open files +(\d+)/m.exec(await readFile(`/proc/${pid}/limits`, "latin1"))?.[1]);
}

/** The number of the descriptor that the process would get after `room` others. */
async function nextFree(pid: number, room: number): Promise<number> {
  const open = new Set((await readdir(`/proc/${pid}/fd`)).map(Number));
  const free = Array.from({ length: open.size + room + 1 }, (_, number) => number).filter(
    (number) => !open.has(number),
  );
  return free[room] as number;
}

/** Its own process, and those that stay; one of a single connection has the limit of its parent. */
async function workersOf({ process: { pid } }: LaunchedServer, structure: string): Promise<number[]> {
  const own = pid as number;
  const children = async (thread: string) =>
    (await readFile(`/proc/${own}/task/${thread}/children`, "latin1")).split(" ");
  const lists = structure === "prefork" ? await Promise.all((await readdir(`/proc/${own}/task`)).map(children)) : [];
  return [own, ...lists.flat().filter(Boolean).map(Number)];
}

/** The server's metrics over one connection, as Prometheus has it. */
function keptMetrics() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async read(name: string): Promise<number> {
      const request = get({ host: MANAGEMENT, port: METRICS_PORT, path: "/metrics", agent });
      const [response] = (await once(request, "response")) as [IncomingMessage];
      const page = await text(response);
      assert.equal(response.statusCode, 200, page);
      return Number(new RegExp(`^rttlab_http_${name}\\{.*\\} (\\d+)$`, "m").exec(page)?.[1]);
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
