#!/usr/bin/env bash
# Vega reads labels such as "cubic 1" and "reno 1" as one and the same date.
# Pinned: vega-loader 5.1.3; any Node from 20 on.
# One would guess: `parse: "auto"`, the type inference for columns of a CSV file, takes a column
#   for dates when it looks like dates, and leaves text that begins with a name as it is.
# What happens: a column is of dates when Date.parse takes each value. V8 does not mind a word in
#   front of a number, so a name, a space or hyphen and a number is a day, the number its month or
#   its year. The label is gone; from 13 to 31 a number is neither, and the column stays text.
# Seen 2026-11-28, in UTC: "cubic 1" and "reno 1" are both 2001-01-01; "wan 10", "wan 50" and "wan
#   100" are 2001-10-01, 1950-01-01 and 0100-01-01, so they sort 100, 50, 10; "run 1" and "run 2"
#   are dates, with "run 13" beside them text.
# Why it matters: groups of a study merge or change their order, and only for some of its levels;
#   one more run turns the axis back into names.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$work" \
  vega-loader@5.1.3 || exit 2

cat > probe.mjs <<'PROBE'
import { read } from "vega-loader";

const day = (value) =>
  typeof value === "number" ? new Date(value).toISOString().slice(0, 10) : value;
const labels = (...cells) => {
  const csv = ["cell,millis", ...cells.map((cell, i) => `${cell},${i}`)].join("\n");
  const seen = read(csv, { type: "csv", parse: "auto" }).map(({ cell }) => day(cell));
  console.log(cells.join(", "), "->", seen.join(", "));
  return seen.join();
};
const seen = [
  labels("cubic 1", "reno 1"),
  labels("wan 10", "wan 50", "wan 100"),
  labels("run 1", "run 2"),
  labels("run 1", "run 2", "run 13"),
];
const stated = [
  "2001-01-01,2001-01-01",
  "2001-10-01,1950-01-01,0100-01-01",
  "2001-01-01,2001-02-01",
  "run 1,run 2,run 13",
];
process.exit(seen.join("\n") === stated.join("\n") ? 0 : 1);
PROBE
TZ=UTC node probe.mjs
