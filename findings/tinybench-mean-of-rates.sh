#!/usr/bin/env bash
# tinybench's operations per second are the mean of rates, not work divided by time.
# Pinned: tinybench 6.2.5; any Node from 20 on.
# One would guess: the throughput of a task that did 1,000 operations in 5 s is 200 a second, and
#   it is the inverse of the mean latency in the same row.
# What happens: each sample's 1/latency is averaged, so fast samples count far more than their
#   share of the time. The true rate appears nowhere in the table, and the median misses it too.
# Seen 2026-11-27, latencies of 1 and 9 ms in turn, on a clock of our own: 1,000 samples,
#   5,000 ms in all, latency 5.0 ms, throughput 556 a second, median 556.
# Why it matters: round trips with a tail are just such samples. The wider the spread, the higher
#   the reported rate: jitter added to a path makes the throughput rise at an equal mean.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  tinybench@6.2.5 || exit 2

cat > probe.mjs <<'PROBE'
import { Bench } from "tinybench";

let millis = 0;
let calls = 0;
const bench = new Bench({ now: () => millis, iterations: 1000, time: 0, warmup: false });
bench.add("a task of 1 and 9 ms in turn", () => {
  millis += calls++ % 2 ? 9 : 1;
});
await bench.run();
const { latency, throughput, totalTime } = bench.tasks[0].result;
const trueRate = latency.samplesCount / (totalTime / 1000);
console.log(`${latency.samplesCount} samples in ${totalTime} ms: ${trueRate} a second`);
console.log(`mean latency ${latency.mean} ms`);
console.log(`throughput ${throughput.mean} a second, median ${throughput.p50}`);
process.exit(trueRate === 200 && Math.round(throughput.mean) === 556 ? 0 : 1);
PROBE
node probe.mjs
