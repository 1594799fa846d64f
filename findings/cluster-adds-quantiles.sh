#!/usr/bin/env bash
# The p99 of a Summary in a cluster of four is four times that of each worker.
# Pinned: prom-client 15.1.3; any Node from 20 on.
# One would guess: cluster metrics add up what can be added, counts, sums and buckets, and leave the
#   quantiles of workers apart or out, or average them, as prom-client does with those of its own
#   event-loop lag.
# What happens: "summed by default" holds for each sample, and a quantile is a sample. The four p99
#   become their sum, under the same name, beside a sum and a count that are right.
# Seen 2026-11-28, four workers of a hundred waits of 100 ms each: the p50 and p99 of each are 0.1
#   s, those of the cluster 0.4 s; its sum is 40 s, its count 400.
# Why it matters: a study of one process against several, under the same load each, sees a latency
#   that grows in proportion to the processes, and explains it by contention.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  prom-client@15.1.3 || exit 2

cat > probe.mjs <<'PROBE'
import cluster from "node:cluster";
import { once } from "node:events";
import client from "prom-client";

const percentiles = [0.5, 0.99];
const wait = new client.Summary({ name: "wait_seconds", help: "waits", percentiles });
const registry = new client.AggregatorRegistry();
const shown = (text) => text.split("\n").filter((line) => line && !line.startsWith("#"));

if (cluster.isWorker) {
  for (let i = 0; i < 100; i++) wait.observe(0.1);
  process.send(shown(await client.register.metrics()));
} else {
  const workers = Array.from({ length: 4 }, () => cluster.fork());
  const told = await Promise.all(workers.map((worker) => once(worker, "message")));
  const [one] = told[0];
  const all = shown(await registry.clusterMetrics());
  for (const worker of workers) worker.kill();
  console.log("one worker:", one);
  console.log("the cluster:", all);
  const near = (lines, name, expected) => {
    const line = lines.find((line) => line.startsWith(`wait_seconds${name} `));
    return Math.abs(Number(line?.split(" ")[1]) / expected - 1) < 0.01;
  };
  const [p50, p99] = ['{quantile="0.5"}', '{quantile="0.99"}'];
  const single = near(one, p50, 0.1) && near(one, p99, 0.1);
  const sums = near(all, "_sum", 40) && near(all, "_count", 400);
  process.exit(single && sums && near(all, p50, 0.4) && near(all, p99, 0.4) ? 0 : 1);
}
PROBE
node probe.mjs
