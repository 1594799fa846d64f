#!/usr/bin/env bash
# A Summary's median is a value near none of the sample, once values repeat.
# Pinned: prom-client 15.1.3 with tdigest 0.1.3; any Node from 20 on.
# One would guess: a t-digest is nearly exact for a handful of values; of nine times 0.1 s and
#   once 1 s the median is 0.1 s, and so is every quantile up to 0.9.
# What happens: equal values become one centroid, whatever their number, and quantiles are
#   interpolated in a straight line between the two centroids. Nine values and one count as if
#   the sample were spread evenly from 0.1 to 1 s. Values that differ in the ninth digit do
#   not merge, and their quantiles are right.
# Seen 2026-11-27: nine times 0.1 and once 1: q0.5 = 0.19, q0.85 = 0.82; a hundred times as many:
#   the same. The same thousand with a nanosecond's difference: q0.5 = 0.1000006, q0.85 = 0.1000009.
# Why it matters: an emulated path with a constant delay, or a clock in whole milliseconds,
#   repeats values. The p85 then reads eight times too high; added jitter repairs it.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  prom-client@15.1.3 tdigest@0.1.3 || exit 2

cat > probe.mjs <<'PROBE'
import { Registry, Summary } from "prom-client";

const quantiles = async (name, values) => {
  const percentiles = [0.5, 0.85];
  const summary = new Summary({ name: "s", help: "s", percentiles, registers: [new Registry()] });
  for (const value of values) summary.observe(value);
  const rows = (await summary.get()).values;
  const found = percentiles.map((q) => rows.find((row) => row.labels.quantile === q).value);
  console.log(`${name}: q0.5 = ${found[0]}, q0.85 = ${found[1]}`);
  return found;
};
const sample = (count, step) =>
  Array.from({ length: count }, (_, i) => (i % 10 ? 0.1 : 1) + i * step);

const ten = await quantiles("nine times 0.1, once 1", sample(10, 0));
const thousand = await quantiles("a hundred times as many", sample(1000, 0));
const distinct = await quantiles("the same, all distinct", sample(1000, 1e-9));
const near = (value, expected) => Math.abs(value - expected) < 0.001;
const spread = ([median, high]) => near(median, 0.19) && near(high, 0.82);
const right = ([median, high]) => near(median, 0.1) && near(high, 0.1);
process.exit(spread(ten) && spread(thousand) && right(distinct) ? 0 : 1);
PROBE
node probe.mjs
