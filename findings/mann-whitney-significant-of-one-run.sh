#!/usr/bin/env bash
# A Mann-Whitney test calls one run against one run significant, and a clear shift of fifty not.
# Pinned: mann-whitney-utest 1.0.5; any Node from 20 on.
# One would guess: `significant` compares U with its critical value, as the README says: at most 2
#   of 25 pairs for five runs each, 127 of 400 for twenty, at 5 % on both sides.
# What happens: the number that U is compared with is z, the normal approximation of the same U. A
#   count of pairs has to be less than a number of standard deviations: that of one pair always is,
#   and thousands of pairs never come that low, whatever the samples are.
# Seen 2026-11-29, p by counting all arrangements: 1 run against 1, any two numbers: significant, p
#   = 1. 2 against 2, 3 against 3, nothing overlaps: significant, p = 0.33 and 0.10. 5 against 5, U
#   = 1: significant, p = 0.016. 20 against 20, U = 91: not, p = 0.0026; 50 against 50, U = 435:
#   not, p = 3.4e-9.
# Why it matters: it agrees with the tables near five runs, where it is tried out. With fewer each
#   difference is proven, and each further run makes a real one vanish.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  mann-whitney-utest@1.0.5 || exit 2

cat > probe.mjs <<'PROBE'
import mannWhitney from "mann-whitney-utest";

/** The share of all arrangements of n and m different values whose lesser U is no larger. */
const exactP = (n, m, lesser) => {
  // ways[taken][u]: how many choices of so many of the values so far have that U.
  const ways = Array.from({ length: n + 1 }, () => Array(n * m + 1).fill(0));
  ways[0][0] = 1;
  for (let position = 0; position < n + m; position++)
    for (let taken = Math.min(n - 1, position); taken >= 0; taken--)
      for (let u = n * m - (position - taken); u >= 0; u--)
        ways[taken + 1][u + position - taken] += ways[taken][u];
  const sum = (counts) => counts.reduce((total, count) => total + count, 0);
  const tails = ways[n].filter((_, u) => Math.min(u, n * m - u) <= lesser);
  return sum(tails) / sum(ways[n]);
};

/** Whole numbers against the same ones, later by the shift. */
const verdict = (runs, shift) => {
  const before = Array.from({ length: runs }, (_, i) => i);
  const samples = [before, before.map((value) => value + shift)];
  const u = mannWhitney.test(samples);
  const p = exactP(runs, runs, Math.min(...u));
  const significant = mannWhitney.significant(u, samples);
  const z = mannWhitney.criticalValue(u, samples).toFixed(2);
  console.log(
    `${runs} against ${runs}: U ${u.join(" and ")}, "critical value" ${z}, ` +
      `significant: ${significant}, p = ${p.toPrecision(2)}`,
  );
  return { significant, p };
};

const few = [verdict(1, 0.5), verdict(2, 2.5), verdict(3, 3.5)];
const five = verdict(5, 3.5);
const many = [verdict(20, 6.5), verdict(50, 20.5)];
const stated =
  few.every(({ significant, p }) => significant && p > 0.05) &&
  five.significant &&
  five.p < 0.05 &&
  many.every(({ significant, p }) => !significant && p < 0.01);
process.exit(stated ? 0 : 1);
PROBE
node probe.mjs
