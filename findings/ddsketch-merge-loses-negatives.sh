#!/usr/bin/env bash
# Two DDSketches of negative values, merged, have a 75th percentile of 0, above their maximum.
# Pinned: @datadog/sketches-js 2.1.1; any Node from 20 on.
# One would guess: sketches are made to be merged, so the quantiles of the merged one are within 1 %
#   of those of one sketch that took all values, just as its count, sum, minimum and maximum are.
# What happens: values below zero have a store of their own. merge() leaves that of the other sketch
#   out, but adds its count. A rank beyond what is left has a value of the other stores, or 0.
# Seen 2026-12-01, one-way delays of -22, -21 and -20 ms by each of two workers: merged, the count
#   is 6, the maximum -20 and the 75th percentile 0, for -21.12 of one sketch. With -5 to -1 and 1
#   to 5 by each the 25th percentile is -0.99 for -2.97, and the median 2.97 for -0.99.
# Why it matters: a one-way delay is negative while the receiver's clock is behind, and so are half
#   of the differences between delays. Their quantiles rise with each worker that is merged, and
#   count, sum and extremes show nothing of it.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  @datadog/sketches-js@2.1.1 || exit 2

cat > probe.mjs <<'PROBE'
import { DDSketch } from "@datadog/sketches-js";

const QUANTILES = [0.25, 0.5, 0.75];
const sketch = (values) => {
  const made = new DDSketch();
  for (const value of values) made.accept(value);
  return made;
};
const quartiles = (of) => QUANTILES.map((one) => Number(of.getValueAtQuantile(one).toFixed(2)));
const seen = [];
for (const values of [
  [-22, -21, -20],
  [-5, -4, -3, -2, -1, 1, 2, 3, 4, 5],
]) {
  const merged = sketch(values);
  merged.merge(sketch(values));
  const whole = sketch([...values, ...values]);
  for (const [name, one] of Object.entries({ merged, whole })) {
    const { count, sum, min, max } = one;
    console.log(name, { count, sum, min, max }, "quartiles", ...quartiles(one));
    seen.push([count, sum, min, max, ...quartiles(one)]);
  }
}
const stated = [
  [6, -126, -22, -20, -21.12, -19.89, 0],
  [6, -126, -22, -20, -21.98, -21.12, -21.12],
  [20, 0, -5, 5, -0.99, 2.97, 5],
  [20, 0, -5, 5, -2.97, -0.99, 2.97],
];
process.exit(JSON.stringify(seen) === JSON.stringify(stated) ? 0 : 1);
PROBE
node probe.mjs
