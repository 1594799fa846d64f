// A log whose reader lags, or has gone away: clients are answered all the same, and no worker ends.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { after, before, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { METRICS_PORT } from "../../../lib/contract/places.ts";
import { endServer, type LaunchedServer, launchServer } from "../cases/launched-server.ts";
import { exchange } from "../cases/raw-client.ts";
import type { Structure } from "../structures/structure.ts";
import { STRUCTURES } from "../structures/table.ts";

const MANAGEMENT = "127.0.0.4";
const REQUESTS = 1_500;
/** Makes lines of which so many fill any buffer between two processes. */
const LONG = "x".repeat(400);
/** Longer than an event loop gathers lines. */
const BATCH_MILLIS = 250;
const OK = /HTTP\/1\.1 200 OK\r\n/g;
const IS_LINUX = process.platform === "linux";

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-unread-"));
  await writeFile(join(root, "hello.txt"), "hello");
  await mkdir(join(root, "broken"));
  await writeFile(join(root, "broken", ".htaccess"), "Alow from all\n");
});
after(() => rm(root, { recursive: true }));

for (const [name, structure] of Object.entries<Structure>(STRUCTURES)) {
  const skip = structure.usesSystemCalls && !IS_LINUX && "it is there on Linux only";

  it(`${name} answers all while nobody reads its log, replaces no worker, and counts lost lines`, {
    skip,
  }, async () => {
    await using server = await launch(name);
    const log = server.process.stderr as Readable;
    log.pause();
    const answers = String(await exchange(server.port, pipelined(REQUESTS, LONG)));
    assert.equal(answers.match(OK)?.length, REQUESTS);
    assert.equal(await metric("replaced_workers_total"), 0);
    const lost = await metric("lost_log_lines_total");
    // An event loop has room for them in memory.
    assert.equal(lost > 0, structure.usesSystemCalls === true, `${lost} lines are lost`);
    log.resume();
    // Without a wait, a line is lost until the reader has taken something.
    while (!server.log().includes("?last ")) await exchange(server.port, pipelined(1, "last"));
    await endServer(server);
    const lines = server.log().split("\n");
    assert.equal(lines.filter((line) => line.includes(LONG)).length, REQUESTS - lost);
    for (const line of lines) assert.match(line, /^(127\.0\.0\.1 - - \[.* 200 5|{"event":.*})$/);
  });

  it(`${name} answers all when the reader of its log has gone away`, { skip }, async () => {
    await using server = await launch(name);
    (server.process.stderr as Readable).destroy();
    for (let round = 0; round < 2; round++) {
      const answers = String(await exchange(server.port, pipelined(REQUESTS, LONG)));
      assert.equal(answers.match(OK)?.length, REQUESTS);
      const broken = await exchange(server.port, "GET /broken/ HTTP/1.0\r\n\r\n");
      assert.match(String(broken), /^HTTP\/1\.1 500 /);
    }
    assert.equal(await metric("replaced_workers_total"), 0);
    await endServer(server);
  });
}

for (const name of ["event", "event-multi", "prethread"] as const)
  it(`${name} ends on SIGTERM although nobody reads its log`, { skip: !IS_LINUX, timeout: 30_000 }, async () => {
    await using server = await launch(name);
    const log = server.process.stderr as Readable;
    log.pause();
    // Each batch of an event loop's lines waits behind the one before.
    for (let batch = 0; batch < 4; batch++) {
      await exchange(server.port, pipelined(REQUESTS, LONG));
      await delay(BATCH_MILLIS);
    }
    server.process.kill("SIGTERM");
    assert.deepEqual(await once(server.process, "exit"), [0, null]);
    log.resume();
  });

/** One worker, so that lines come one after the other. */
function launch(structure: string): Promise<LaunchedServer> {
  const places = { RTTLAB_MGMT_ADDRESS: MANAGEMENT, RTTLAB_CONTROL_SOCKET: join(root, "control") };
  return launchServer(root, ["--log", "common", "--structure", structure, "--workers", "1"], places);
}

/** So many requests, of which the last closes. */
function pipelined(requests: number, query: string): string {
  const head = `GET /hello.txt?${query} HTTP/1.1\r\nHost: a\r\n`;
  return `${`${head}\r\n`.repeat(requests - 1)}${head}Connection: close\r\n\r\n`;
}

async function metric(name: string): Promise<number> {
  const response = await fetch(`http://${MANAGEMENT}:${METRICS_PORT}/metrics`, { headers: { connection: "close" } });
  const [, value] = new RegExp(`^rttlab_http_${name}{.*} (\\S+)$`, "m").exec(await response.text()) ?? [];
  return Number(value);
}
