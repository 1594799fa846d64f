// How the study was made: machines, topology, generator, repetitions, order, and what "saturated"
// means in it.

import type { Analysis } from "../analyse.ts";
import { digits, formatLevel, numbered } from "../format.ts";
import type { Exclusion, Factor } from "../results.ts";
import { extreme, sum } from "../traces/samples.ts";
import { type Block, tableOf } from "./document.ts";
import { describeResumption } from "./resumption.ts";
import { describeSelection } from "./selection.ts";

export function setupSection(analysis: Analysis): Block[] {
  const { manifest, counted, voids } = analysis;
  const { environment, factors, repetitions, seed, order, cells, excluded = [] } = manifest;
  return [
    { kind: "heading", text: "Setup" },
    { kind: "topology", topology: environment.topology },
    {
      kind: "list",
      items: [
        `Generator: ${environment.generator}.`,
        `Repetitions: ${repetitions}; ${numbered(counted, "run counts", "runs count")}, ${voids.length} ${voids.length === 1 ? "is" : "are"} void.`,
        `Order: ${numbered(cells.length, "cell")} in randomised complete blocks from seed ${seed}: each block runs every cell once. It begins ${order.slice(0, 3).join("; ")}.`,
        ...excluded.map((exclusion) => describeExclusion(exclusion, factors)),
        `Saturated: ${manifest.saturationRule}`,
        ...(manifest.events ?? []).map((event) => `In every run, ${event}.`),
        ...(manifest.idleRule === undefined ? [] : [`Before a run: ${manifest.idleRule}`]),
        `Begun ${manifest.startedAt}.${describeTime(analysis)}`,
        ...(manifest.resumed ?? []).map(describeResumption),
        "Unit of analysis: the run. Intervals are 95 %: Student's t for means and for the runs' own quantiles of requests, interpolated order statistics for medians, resampled runs for ratios of medians, Poisson's bounds for rare counts, of which ratios are by binomial tests of their sums, or, of bursts against none, by Fisher's exact test of the runs with some. Effects are corrected for many comparisons (Holm). The intervals of answers and findings are not: each holds by itself, and of a hundred such intervals some five miss. Those over several cells at once (smallestRatio, largestRatio, largestError) hold for all of them together.",
      ],
    },
    tableOf({
      caption: "Factors",
      head: ["factor", "levels"],
      rows: factors.map(({ label, levels, unit }) => [
        label,
        levels.map((level) => formatLevel(level, unit)).join(", "),
      ]),
      numbersFrom: 2,
    }),
    tableOf({
      caption: "Machine and software, as found",
      head: ["what", "value"],
      rows: Object.entries(environment.facts),
      numbersFrom: 2,
    }),
  ];
}

/** From the first run's beginning to the end of the last one's window, void ones too. */
function describeTime({ manifest, cells, voids }: Analysis): string {
  const runs = [...cells.flatMap((cell) => cell.runs), ...voids];
  const windows = runs.map(({ values }) => values.windowSeconds ?? 0);
  const begins = runs.map(({ startedAt }) => Date.parse(startedAt) / 1000);
  const first = extreme(Math.min, begins);
  const last = extreme(
    Math.max,
    begins.map((at, index) => at + (windows[index] ?? 0)),
  );
  const windowSeconds = sum(windows);
  // The pause before a resumption is no run's.
  if (windowSeconds === 0 || (manifest.resumed ?? []).length > 0) return "";
  const times = digits((last - first) / windowSeconds);
  return ` Its runs took ${digits((last - first) / 60)} min, ${times} times the sum of their windows.`;
}

function describeExclusion({ cells, because }: Exclusion, factors: readonly Factor[]): string {
  return `Left out: ${describeSelection(cells, factors)}${because === undefined ? "" : `, because ${because}`}.`;
}
