#!/usr/bin/env bash
# A parser of Prometheus' text format makes one histogram of all label sets: the last one's.
# Pinned: parse-prometheus-text-format 1.1.1, prom-client 15.1.3; any Node from 20 on.
# One would guess: as in prom2json, with whose output the README aims to be compatible, each
#   label set of a histogram is an entry with its labels, buckets, count and sum, just as the
#   parser does for counters and gauges.
# What happens: buckets and quantiles of all label sets go into one object without labels, each
#   set over the one before. Counts and sums are gone. No error or warning comes.
# Seen 2026-11-28, 1,000 observations of 0.01 s for /fast, then 10 of 2 s for /slow: one entry,
#   without labels, count and sum: le 0.1: 0, le 1: 0, le +Inf: 10. The counter beside it has
#   both, 1,000 and 10. A summary keeps the p99 of /slow alone, 2 s.
# Why it matters: which path, node or method a result is of depends on the order of the lines.
#   Here 99 % of the requests vanish and the fast server takes more than a second.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  parse-prometheus-text-format@1.1.1 prom-client@15.1.3 || exit 2

cat > probe.mjs <<'PROBE'
import { createRequire } from "node:module";
import client from "prom-client";

const parser = createRequire(import.meta.url)("parse-prometheus-text-format");
const parse = parser.default ?? parser;

const labelNames = ["path"];
const counter = new client.Counter({ name: "answers_total", help: "answers", labelNames });
const histogram = new client.Histogram({
  name: "latency_seconds",
  help: "latency",
  labelNames,
  buckets: [0.1, 1],
});
const summary = new client.Summary({
  name: "wait_seconds",
  help: "wait",
  labelNames,
  percentiles: [0.99],
});
for (const [path, times, seconds] of [["/fast", 1000, 0.01], ["/slow", 10, 2]])
  for (let i = 0; i < times; i++) {
    counter.inc({ path });
    histogram.observe({ path }, seconds);
    summary.observe({ path }, seconds);
  }
const text = await client.register.metrics();
console.log("parse-prometheus-text-format 1.1.1 reads from prom-client 15.1.3:");
console.log(text);
const seen = parse(text).map(({ name, metrics }) => `${name} ${JSON.stringify(metrics)}`);
console.log(seen.join("\n"));
const stated = [
  'answers_total [{"value":"1000","labels":{"path":"/fast"}},' +
    '{"value":"10","labels":{"path":"/slow"}}]',
  'latency_seconds [{"buckets":{"1":"0","0.1":"0","+Inf":"10"}}]',
  'wait_seconds [{"quantiles":{"0.99":"2"}}]',
];
process.exit(String(seen) === String(stated) ? 0 : 1);
PROBE
node probe.mjs
