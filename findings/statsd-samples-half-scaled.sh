#!/usr/bin/env bash
# statsd scales a sampled timer's count up, and leaves its sum as it came.
# Pinned: statsd 0.9.0; any Node from 20 on.
# One would guess: "|@0.1" says that each value stands for ten, so count and sum are both ten times
#   what was sent, as a counter is, and sum over count is the mean.
# What happens: count and count_ps are scaled; sum, sum_squares and count_90 are of what was sent.
#   So sum over count is a tenth of the mean, in the same flush.
# Seen 2026-11-28, ten times `t:100|ms|@0.1`: count 100, mean 100, sum 1000, count_90 9; ten times
#   `c:1|c|@0.1`: 100.
# Why it matters: the sum a second is the time spent in requests, and by Little's law the number
#   under way. It is low by the sampling, in just those services that are busy enough to sample.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  statsd@0.9.0 || exit 2

cat > backend.cjs <<'PROGRAM'
exports.init = (_started, _config, events) => {
  events.on("flush", (_time, metrics) => {
    console.log(JSON.stringify({ c: metrics.counters.c, t: metrics.timer_data.t }));
  });
  return true;
};
PROGRAM

cat > probe.mjs <<'PROBE'
import { spawn } from "node:child_process";
import dgram from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const probed = dgram.createSocket("udp4").bind(0, "127.0.0.1");
await once(probed, "listening");
const { port } = probed.address();
probed.close();
await once(probed, "close");
const config = {
  address: "127.0.0.1",
  port,
  mgmt_address: "127.0.0.1",
  mgmt_port: 0,
  flushInterval: 1000,
  backends: [`${process.cwd()}/backend.cjs`],
};
writeFileSync("config.js", JSON.stringify(config));
const statsd = spawn(process.execPath, ["node_modules/statsd/stats.js", "config.js"]);
const values = Array.from({ length: 10 }, () => "t:100|ms|@0.1\nc:1|c|@0.1").join("\n");
let seen;
// The first flush shows that the server is up; the values go out after it, in one datagram.
for await (const line of createInterface({ input: statsd.stdout })) {
  if (!line.startsWith("{")) continue;
  seen = JSON.parse(line);
  if (seen.t) break;
  const socket = dgram.createSocket("udp4");
  socket.send(values, port, "127.0.0.1", () => socket.close());
}
statsd.kill();
if (!seen?.t) process.exit(2);
console.log(`ten times c:1|c|@0.1: ${seen.c}; ten times t:100|ms|@0.1:`, seen.t);
const { count, mean, sum, count_90: below } = seen.t;
const scaled = seen.c === 100 && count === 100;
process.exit(scaled && mean === 100 && sum === 1000 && below === 9 ? 0 : 1);
PROBE
node probe.mjs
