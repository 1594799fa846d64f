// Pages against a small raw server on loopback that records what arrives on which connection.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import type { PagePlan } from "../../lib/contract/load/load.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { loadTable } from "../../lib/contract/load/table.ts";
import { type Counters, emptyCounters } from "./counters.ts";
import { createMetrics } from "./metrics.ts";
import { runLoad } from "./run.ts";

const OBJECTS = 6;
const PAGE = `<!doctype html><title>six</title>${Array.from({ length: OBJECTS }, (_, index) => `<img src=o${index}>`).join("")}`;

interface Seen {
  /** Paths by connection, in the order of arrival. */
  connections: string[][];
  /** Requests that arrived in one piece together with others. */
  together: number;
  /** The largest number of unanswered requests. */
  mostWaiting: number;
}

/**
 * Serves PAGE at /page/ and a body of ten bytes elsewhere, each `millis` after its request; `spoil`
 * may answer otherwise.
 */
async function serve(
  context: TestContext,
  { millis = 0, spoil = (_path: string, _socket: Socket) => false as boolean } = {},
): Promise<{ target: string; seen: Seen }> {
  const seen: Seen = { connections: [], together: 0, mostWaiting: 0 };
  const sockets = new Set<Socket>();
  let waiting = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    const paths: string[] = [];
    let answered = Promise.resolve();
    socket.setEncoding("latin1").on("data", (text: string) => {
      const requests = [...text.matchAll(/^GET (\S+) HTTP\/(1\.[01])$/gm)];
      if (paths.length === 0) seen.connections.push(paths);
      if (requests.length > 1) seen.together += requests.length;
      for (const [, path = "", version] of requests) {
        paths.push(path);
        waiting += 1;
        seen.mostWaiting = Math.max(seen.mostWaiting, waiting);
        answered = answered.then(async () => {
          if (millis > 0) await new Promise((resolve) => setTimeout(resolve, millis));
          waiting -= 1;
          if (!spoil(path, socket)) answer(socket, path, version === "1.0");
        });
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { target: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function answer(socket: Socket, path: string, closes: boolean): void {
  const body = path === "/page/" ? PAGE : "0123456789";
  socket.write(
    `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${closes ? "Connection: close\r\n" : ""}\r\n${body}`,
  );
  if (closes) socket.end();
}

function run(request: Record<string, unknown>, counters: Counters = emptyCounters()) {
  const settings = parseSettings({ path: "/page/", rttMillis: 1, requests: 1, ...request });
  return runLoad(settings, "127.0.0.1", counters, () => {}, new AbortController().signal);
}

const PATHS = Array.from({ length: OBJECTS }, (_, index) => `/page/o${index}`);

describe("a page", () => {
  const lengths = ({ connections }: Seen) => connections.map((paths) => paths.length).sort();
  const cases: [plan: PagePlan, connections: number | null, lengths: number[], mostWaiting: number][] = [
    ["1.0-serial", null, [1, 1, 1, 1, 1, 1, 1], 1],
    ["1.0-parallel", 3, [1, 1, 1, 1, 1, 1, 1], 3],
    ["1.1-serial", null, [7], 1],
    ["1.1-pipelined", null, [7], 6],
  ];
  for (const [plan, connections, expected, mostWaiting] of cases) {
    it(`asks for all of its objects by the plan ${plan}`, async (context) => {
      const { target, seen } = await serve(context, { millis: 20 });
      const result = await run({ target, page: plan, connections });
      assert.deepEqual(seen.connections.flat().toSorted(), ["/page/", ...PATHS]);
      assert.deepEqual(seen.connections[0]?.[0], "/page/");
      assert.deepEqual([lengths(seen), seen.mostWaiting], [expected, mostWaiting]);
      assert.deepEqual([result.completed, result.failed, result.connections], [7, 0, expected.length]);
      assert.deepEqual([result.pages?.completed, result.pages?.failed, result.pages?.objects], [1, 0, OBJECTS]);
      assert.equal(seen.together, plan === "1.1-pipelined" ? OBJECTS : 0);
    });
  }

  it("shares its objects among kept connections, the document's among them", async (context) => {
    const { target, seen } = await serve(context, { millis: 20 });
    const result = await run({ target, page: "1.1-parallel", connections: 3 });
    assert.deepEqual([seen.connections.length, seen.mostWaiting, result.completed], [3, 3, 7]);
    // A free connection takes the next object: the document's connection and the two others all get
    // some.
    assert.ok((seen.connections[0]?.length ?? 0) >= 2, JSON.stringify(seen.connections));
  });

  it("takes its time from the wish for it to its last object, beside the times of its requests", async (context) => {
    const { target } = await serve(context, { millis: 30 });
    const { pages, latencies } = await run({ target, page: "1.1-serial", requests: 3, histograms: true });
    assert.deepEqual([pages?.completed, pages?.latency.count, latencies.total.count], [3, 3, 21]);
    // Seven answers of 30 ms one after another; Node's timers may fire a millisecond early.
    assert.ok((pages?.latency.minMicros ?? 0) >= 7 * 29_000, JSON.stringify(pages?.latency));
    assert.ok((latencies.total.minMicros ?? 0) < 100_000);
    assert.ok(pages?.latency.histogram !== undefined);
  });

  it("has connections of its own each time", async (context) => {
    const { target, seen } = await serve(context);
    const { connections } = await run({ target, page: "1.1-serial", requests: 4 });
    assert.deepEqual([connections, seen.connections.length], [4, 4]);
  });

  it("fails with any of its requests, asks for nothing more, and the next is tried", async (context) => {
    let spoilt = 0;
    const spoil = (path: string, socket: Socket) => {
      if (path !== "/page/o2" || spoilt++ > 0) return false;
      socket.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
      return true;
    };
    const { target, seen } = await serve(context, { spoil });
    const { registry, counters } = createMetrics();
    const result = await run({ target, page: "1.1-serial", requests: 2 }, counters.run);
    assert.deepEqual([result.pages?.completed, result.pages?.failed, result.failures.status], [1, 1, 1]);
    assert.deepEqual(seen.connections[0], ["/page/", "/page/o0", "/page/o1", "/page/o2"]);
    const text = await registry.metrics();
    assert.match(text, /^rttlab_load_pages_total\{outcome="failed"\} 1$/m);
    assert.match(loadTable(result), /^pages +1, 1 failed; 6 objects beside the document$/m);
    assert.match(loadTable(result), /^page .*document and objects$/m);
  });

  it("counts what a pipeline loses when the server closes early, and tries none of it again", async (context) => {
    const spoil = (path: string, socket: Socket) => {
      if (path !== "/page/o1") return false;
      socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return true;
    };
    const { target, seen } = await serve(context, { spoil });
    const result = await run({ target, page: "1.1-pipelined" });
    assert.deepEqual([result.completed, result.failures.short, result.pages?.failed], [3, 4, 1]);
    assert.equal(seen.connections.flat().length, 7);
  });

  it("goes on where the server closes after each answer, whatever its plan", async (context) => {
    for (const page of ["1.1-serial", "1.1-pipelined", "1.1-parallel"]) {
      const { target } = await serve(context, {
        spoil(path, socket) {
          answer(socket, path, true);
          return true;
        },
      });
      const { pages, connections } = await run({ target, page });
      assert.deepEqual([page, pages?.completed, connections], [page, 1, 7]);
    }
  });

  it("has a connection for each of its requests where they say so, though the server would keep it", async (context) => {
    for (const settings of [{ page: "1.0-serial" }, { page: "1.1-pipelined", connection: "close" }]) {
      const { target, seen } = await serve(context, {
        spoil(path, socket) {
          answer(socket, path, false);
          return true;
        },
      });
      const { pages } = await run({ target, ...settings });
      assert.deepEqual([pages?.completed, lengths(seen)], [1, [1, 1, 1, 1, 1, 1, 1]]);
    }
  });

  it("is cut off at the end of the window, and is no failure", async (context) => {
    // The document comes at once and its first object never: nothing is near the window's end.
    const { target } = await serve(context, { spoil: (path) => path !== "/page/" });
    const result = await run({ target, page: "1.1-serial", requests: null, seconds: 1, ending: "cut" });
    assert.deepEqual([result.pages?.completed, result.pages?.failed, result.pages?.cut], [0, 0, 1]);
    assert.deepEqual([result.completed, result.failed, result.cut], [1, 0, 1]);
  });
});
