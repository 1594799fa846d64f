#!/usr/bin/env bash
# autocannon halves the latency that it measured when it is given a rate.
# Pinned: autocannon 9.0.0; any Node from 20 on.
# One would guess: with a rate, latencies are corrected for coordinated omission, as the README
#   says. A client that keeps its rate has omitted nothing, so nothing is added: at 5 requests a
#   second, one is due every 200 ms and an answer after 100 ms holds none up.
# What happens: the correction takes 1/rate, rounded up, as its interval in milliseconds. From a
#   rate of one a second on, that is 1 ms whatever the rate. Each answer after 100 ms is
#   recorded as 100, 99, 98 and so on down to 1 ms.
# Seen 2026-11-28, one connection, 15 requests at 5 a second, each answered after 100 ms: 1,583
#   samples, p50 53 ms, mean 53.7 ms; with ignoreCoordinatedOmission, which the README advises
#   against, 15 samples, p50 103 ms, mean 105.6 ms.
# Why it matters: an open load is what a latency study should use, and here it reports half the
#   latency of a steady server. Slow answers count by their length, so the tail looks worse.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  autocannon@9.0.0 || exit 2

cat > probe.mjs <<'PROBE'
import { once } from "node:events";
import http from "node:http";
import autocannon from "autocannon";

const server = http.createServer((_, response) => setTimeout(() => response.end("x"), 100));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${server.address().port}/`;

const load = async (name, options) => {
  const result = await autocannon({ url, connections: 1, amount: 15, ...options });
  const { totalCount, min, p50, average, max } = result.latency;
  console.log(name, { requests: result["2xx"], totalCount, min, p50, average, max });
  return result.latency;
};
console.log(`autocannon 9.0.0, Node ${process.version}, milliseconds`);
const free = await load("without a rate:", {});
const rated = await load("5 a second:", { overallRate: 5 });
const raw = await load("5 a second, uncorrected:", {
  overallRate: 5,
  ignoreCoordinatedOmission: true,
});
server.close();
const honest = [free, raw].every(({ totalCount, p50 }) => totalCount === 15 && p50 >= 99);
process.exit(honest && rated.totalCount > 1000 && rated.p50 < 0.7 * raw.p50 ? 0 : 1);
PROBE
node probe.mjs
