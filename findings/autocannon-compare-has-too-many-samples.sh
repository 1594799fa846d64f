#!/usr/bin/env bash
# autocannon-compare finds a difference of 1 % between two runs of 10 s significant, at p < 1e-11,
# where the seconds of each vary by 10 %.
# Pinned: autocannon-compare 0.4.0; any Node from 20 on.
# One would guess: autocannon's mean and deviation of "requests" are those of its seconds, ten in a
#   run of 10 s, and a t-test of two runs has ten values on each side.
# What happens: it takes the total of the requests for their number. So ten seconds are a sample of
#   ten thousand and the standard error is some thirty times too small, the more so the faster the
#   server is. Only "throughput" has the seconds.
# Seen 2026-12-01, five seconds of 900 requests and five of 1,100, against the same with 10 more in
#   each: for requests p = 1.4e-12 and "***"; of the twenty values themselves p = 0.83.
# Why it matters: any two runs of one server differ with three stars. The noise from one second to
#   the next, which the deviation shows, is taken for none.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  autocannon-compare@0.4.0 ttest@3.0.0 || exit 2

cat > probe.cjs <<'PROBE'
const compare = require("autocannon-compare");
const ttest = require("ttest");

/** A result as autocannon prints it, of so many requests in each second, of 1,000 bytes each. */
function result(perSecond) {
  const mean = perSecond.reduce((sum, value) => sum + value, 0) / perSecond.length;
  const squares = perSecond.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const stddev = Math.sqrt(squares / perSecond.length);
  const requests = { mean, stddev, total: mean * perSecond.length };
  const throughput = { mean: 1000 * mean, stddev: 1000 * stddev };
  return { duration: perSecond.length, requests, throughput, latency: { mean: 10, stddev: 5 } };
}

const [once, again] = [0, 10].map((more) =>
  Array.from({ length: 10 }, (_, second) => (second % 2 ? 1100 : 900) + more),
);
const { requests, throughput } = compare(result(again), result(once));
const pValue = ttest(again, once, { varEqual: false }).pValue();
console.log("requests:", requests, "throughput:", throughput, "p of the seconds:", pValue);
const starred = requests.significant === "***" && requests.pValue < 1e-6;
process.exit(starred && throughput.pValue > 0.5 && pValue > 0.5 ? 0 : 1);
PROBE
node probe.cjs
