#!/usr/bin/env bash
# A sliding Summary without traffic reports quantiles of zero seconds.
# Pinned: prom-client 15.1.3; any Node from 20 on.
# One would guess: as with Prometheus' Go client, a window without observations has the quantile
#   NaN, which graphs leave out and alerts do not match.
# What happens: every quantile is 0, as if answers took no time, while sum and count, which do
#   not slide, still hold the old observations.
# Seen 2026-11-27, one observation of 0.2 s, maxAgeSeconds 1, ageBuckets 2: at once q0.99 = 0.2;
#   2.5 s later q0.5 = 0 and q0.99 = 0, sum 0.2, count 1.
# Why it matters: an outage or a stall of the load shows as the best latency of the run, and each
#   pause between two runs pulls averages and minima over time towards zero.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  prom-client@15.1.3 || exit 2

cat > probe.mjs <<'PROBE'
import { setTimeout as sleep } from "node:timers/promises";
import { Registry, Summary } from "prom-client";

const register = new Registry();
const window = { maxAgeSeconds: 1, ageBuckets: 2, percentiles: [0.5, 0.99] };
const summary = new Summary({ name: "s", help: "s", ...window, registers: [register] });
const lines = async () =>
  (await register.metrics()).split("\n").filter((line) => line && !line.startsWith("#"));

summary.observe(0.2);
console.log("at once:", await lines());
await sleep(2500);
const quiet = await lines();
console.log("after 2.5 s:", quiet);
const expected = ['s{quantile="0.5"} 0', 's{quantile="0.99"} 0', "s_sum 0.2", "s_count 1"];
process.exit(expected.every((line, i) => quiet[i] === line) ? 0 : 1);
PROBE
node probe.mjs
