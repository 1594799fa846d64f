#!/usr/bin/env bash
# A small hdr-histogram-js histogram loses 65,536 samples at a time, and its percentiles become 0.
# Pinned: hdr-histogram-js 3.0.1; any Node from 20 on.
# One would guess: `bitBucketSize: 16`, which the README offers to save memory, stops with an
#   error when a count no longer fits, as ShortCountsHistogram in Java does. The code says so
#   too: it has the error "would overflow short integer count".
# What happens: the check waits for a negative number, and the array is unsigned. The count of
#   a value starts again from 0 at 65,536 (at 256 with 8 bits). totalCount goes on, so the ranks
#   asked for lie beyond all counts and every one of these percentiles is 0.
# Seen 2026-11-28, 65,535 times 5: p50 is 5; once more: p50 and p99 are 0. 70,000 times 5 and
#   30,000 times 8: p10 is 8 and p50 and p99 are 0, of 100,000; with 32 bits 5, 5 and 8.
# Why it matters: a run that is short in the trial and long in the study reports a latency of 0,
#   or a low percentile that is too high, from a histogram that was right for a minute.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  hdr-histogram-js@3.0.1 || exit 2

cat > probe.mjs <<'PROBE'
import { build } from "hdr-histogram-js";

const percentiles = (bitBucketSize, samples) => {
  const histogram = build({ bitBucketSize });
  for (const [value, times] of samples)
    for (let i = 0; i < times; i++) histogram.recordValue(value);
  const values = [10, 50, 99].map((rank) => histogram.getValueAtPercentile(rank));
  const text = samples.map(([value, times]) => `${times} times ${value}`).join(", ");
  console.log(`${bitBucketSize} bits, ${text}: p10 p50 p99`, values, "of", histogram.totalCount);
  return String(values);
};

console.log("hdr-histogram-js 3.0.1");
const seen = [
  percentiles(8, [[5, 255]]),
  percentiles(8, [[5, 256]]),
  percentiles(16, [[5, 65535]]),
  percentiles(16, [[5, 65536]]),
  percentiles(16, [[5, 70000], [8, 30000]]),
  percentiles(32, [[5, 70000], [8, 30000]]),
];
const stated = ["5,5,5", "0,0,0", "5,5,5", "0,0,0", "8,0,0", "5,5,8"];
process.exit(String(seen) === String(stated) ? 0 : 1);
PROBE
node probe.mjs
