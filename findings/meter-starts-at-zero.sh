#!/usr/bin/env bash
# A meter's fifteen-minute rate reads 28 of a steady 100 a second after five minutes.
# Pinned: measured-core 2.0.0; any Node from 20 on.
# One would guess: a moving average over 15 minutes is, before they are over, that of the time so
#   far, or it starts at the first rate seen, as in the Metrics library for Java that it is
#   modelled on. A load without change then has one rate from start to end.
# What happens: the averages start at 0 and rise to the rate with their time constant, as a load
#   average does: 63 % of it after one constant, 95 % after three.
# Seen 2026-11-28, 100 marks a second on a clock of our own: after 1 minute the rates over 1, 5 and
#   15 minutes are 63.2, 18.1 and 6.4, after 5 minutes 99.3, 63.2 and 28.3; the mean is 100.
# Why it matters: a run of some minutes seems to be a load that rises all along, and rates of two
#   windows, read as a trend, say the same of every constant load.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  measured-core@2.0.0 || exit 2

cat > probe.mjs <<'PROBE'
import { mock } from "node:test";
import { Meter } from "measured-core";

mock.timers.enable({ apis: ["setInterval"] });
let seconds = 0;
const meter = new Meter({ getTime: () => seconds * 1000 });
const rates = {};
while (seconds < 300) {
  for (let i = 0; i < 100; i++) meter.mark();
  seconds++;
  mock.timers.tick(1000);
  rates[seconds] = meter.toJSON();
}
const [minute, end] = [rates[60], rates[300]];
console.log("100 a second, after 1 minute:", minute);
console.log("after 5 minutes:", end);
const steady = minute.mean === 100 && end.mean === 100;
const near = (rate, expected) => Math.abs(rate - expected) < 0.1;
const rising = near(minute["1MinuteRate"], 63.2) && near(minute["15MinuteRate"], 6.4);
process.exit(steady && rising && near(end["15MinuteRate"], 28.3) ? 0 : 1);
PROBE
node probe.mjs
