// How long connections were set up, transferred and torn down on the wire, by cell, where a study
// has captured packets. A connection counts by its link, so over two links twice.

import type { Analysis } from "../analyse.ts";
import { formatNumber } from "../format.ts";
import { median } from "../stats/summary.ts";
import type { CapturedConnection } from "../traces/wire.ts";
import { type Block, tableOf } from "./document.ts";
import { levelTexts } from "./tables.ts";

const PHASES = ["setupSeconds", "transferSeconds", "teardownSeconds"] as const;

export function wireTable({ manifest, cells }: Analysis): Block[] {
  const rows = cells.flatMap(({ cell, runs }) => {
    const byLink = Map.groupBy(
      runs.flatMap(({ wire = [] }) => wire),
      ({ link }) => link,
    );
    return [...byLink].map(([link, connections]) => [
      ...levelTexts(cell.levels, manifest.factors),
      link,
      String(connections.length),
      ...PHASES.map((phase) => middle(connections, phase)),
      sentAgain(connections),
    ]);
  });
  if (rows.length === 0) return [];
  const phases = ["set-up", "transfer", "teardown"];
  return [
    tableOf({
      caption: "On the wire: TCP connections that captures at the ends of a link hold, medians",
      head: [...manifest.factors.map(({ label }) => label), "link", "connections", ...phases, "segments sent again"],
      rows,
      numbersFrom: manifest.factors.length + 1,
      notes: [
        "Set-up: from SYN to the acknowledgement of its answer. Transfer: from the first octet asked to the acknowledgement of the last that came. Teardown: from the first FIN to the acknowledgement of the second. Each is between two packets of one end, so the way there and back is in it once. – : not captured to its end; at least: some were not.",
      ],
    }),
  ];
}

function middle(connections: readonly CapturedConnection[], phase: (typeof PHASES)[number]): string {
  const known = connections.flatMap((connection) => connection[phase] ?? []);
  return known.length === 0 ? "–" : formatNumber(median(known), "s");
}

function sentAgain(connections: readonly CapturedConnection[]): string {
  const known = connections.flatMap(({ resentSegments }) => resentSegments ?? []);
  if (known.length === 0) return "–";
  const sum = known.reduce((total, count) => total + count, 0);
  return known.length < connections.length ? `at least ${sum}` : String(sum);
}
