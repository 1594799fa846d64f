#!/usr/bin/env bash
# debugging-stream delays by 250 ms on a half loaded path of 100 ms: what travels queues again.
# Pinned: debugging-stream 3.1.0, streamx 2.28.1; any Node from 20 on.
# One would guess: of `latency: 100, speed: 1e6` 50,000 bytes take 100 ms and 50 ms at 1 MB/s, and
#   with as much every 100 ms, half of what the path carries, each piece finds it free.
# What happens: a piece waits for all bytes that have not arrived yet, also those that have left the
#   bottleneck and are on their way. At a load of u a latency of L becomes some L / (1 - u).
# Seen 2026-11-29, 20 pieces of 50,000 bytes, each 100 ms: the first arrives after 150 ms, four
#   after 200 ms, the others after 250 ms.
# Why it matters: the added delay looks like a queue. A sender that measures round trips slows down
#   on a path that is half empty, and more on a longer path.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  debugging-stream@3.1.0 streamx@2.28.1 || exit 2

cat > probe.mjs <<'PROBE'
import { once } from "node:events";
import { setInterval } from "node:timers/promises";
import DebuggingStream from "debugging-stream";
import { Duplex } from "streamx";

const PIECES = 20;
const sent = [];
const delays = [];
const receiver = new Duplex({
  write(_piece, done) {
    delays.push(Math.round(performance.now() - sent[delays.length]));
    if (delays.length === PIECES) receiver.emit("complete");
    done();
  },
  read: (done) => done(),
});
const complete = once(receiver, "complete");
const path = new DebuggingStream(receiver, { latency: 100, speed: 1e6 });
for await (const _ of setInterval(100)) {
  sent.push(performance.now());
  path.write(Buffer.alloc(50_000));
  if (sent.length === PIECES) break;
}
await complete;
console.log("milliseconds:", ...delays);
const between = (delay, low, high) => delay > low && delay < high;
const first = between(delays[0], 145, 190);
const later = delays.slice(10).sort((a, b) => a - b)[5];
process.exit(first && between(later, 235, 300) ? 0 : 1);
PROBE
node probe.mjs
