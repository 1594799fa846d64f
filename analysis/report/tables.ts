// The numbers: by cell, each quantity that the study speaks of; of the others the least and the
// greatest, for the exported runs have them all. Quantiles of requests, and effects as ratios.

import type { Analysis } from "../analyse.ts";
import type { CellSummary } from "../cells.ts";
import type { Effect } from "../effects.ts";
import { formatEstimate, formatLevel, formatNumber, numbered } from "../format.ts";
import type { Factor, Levels, Manifest, Quantity } from "../results.ts";
import { FEWEST_BEYOND, FEWEST_BEYOND_OF_RUN } from "../stats/histograms.ts";
import { type Block, tableOf } from "./document.ts";

export function quantityTables({ manifest, cells }: Analysis): Block[] {
  const named = quantitiesNamed(manifest);
  const tables = manifest.quantities
    .filter(({ name }) => named(name))
    .flatMap((quantity) => quantityTable(quantity, manifest.factors, cells));
  return [
    ...tables,
    ...rangeTable(
      manifest.quantities.filter(({ name }) => !named(name)),
      cells,
    ),
  ];
}

/** Whether a model, a plot, an effect, a conclusion or a need of the study speaks of a quantity. */
function quantitiesNamed({
  predictions,
  plots,
  effects,
  conclusions,
  needs = [],
}: Manifest): (name: string) => boolean {
  const names = new Set([
    ...predictions.map(({ quantity }) => quantity),
    ...plots.flatMap(({ quantities }) => quantities),
    ...effects.map(({ quantity }) => quantity),
    ...needs.flatMap(({ of, quantity }) => [of, quantity]),
  ]);
  const words = new Set(conclusions.flatMap(({ say, when }) => `${say} ${when}`.match(/\w+/g) ?? []));
  return (name) => names.has(name) || words.has(name);
}

function rangeTable(quantities: readonly Quantity[], cells: readonly CellSummary[]): Block[] {
  const rows = quantities.flatMap(({ name, label, unit }) => {
    const measured = cells
      .flatMap(({ cell, quantities: found }) => {
        const summary = found.get(name);
        return summary === undefined || summary.values.length === 0
          ? []
          : [{ cell: cell.id, mean: summary.mean.value }];
      })
      .sort((one, other) => one.mean - other.mean);
    const [least, greatest] = [measured[0], measured.at(-1)];
    if (least === undefined || greatest === undefined) return [];
    return [[label, formatNumber(least.mean, unit), formatNumber(greatest.mean, unit), greatest.cell]];
  });
  if (rows.length === 0) return [];
  const head = ["what else was measured", "least mean", "greatest mean", "of the cell"];
  const notes = ["`study export` has them of every cell and run."];
  return [tableOf({ caption: "Other quantities, over all cells", head, rows, numbersFrom: 1, notes })];
}

function quantityTable(
  { name, label, unit, better }: Quantity,
  factors: readonly Factor[],
  cells: readonly CellSummary[],
): Block[] {
  const measured = cells.filter(({ quantities }) => {
    const { values, cannotTell } = quantities.get(name) ?? { values: [], cannotTell: null };
    return values.length > 0 || cannotTell !== null;
  });
  if (measured.length === 0) return [];
  const rows = measured.map((summary) => {
    const { values, mean, median, standardDeviation, cannotTell } = summary.quantities.get(name) as NonNullable<
      ReturnType<CellSummary["quantities"]["get"]>
    >;
    return [
      ...levelTexts(summary.cell.levels, factors),
      String(values.length),
      cannotTell ?? formatEstimate(mean, unit),
      formatEstimate(median, unit),
      formatNumber(standardDeviation, unit),
      saturatedText(summary),
    ];
  });
  const direction = better === undefined ? "" : `, ${better} is better`;
  return [
    tableOf({
      caption: `${label} (${unit}${direction})`,
      head: [...factors.map((factor) => factor.label), "n", "mean (95 %)", "median (95 %)", "sd", "saturated"],
      rows,
      numbersFrom: factors.length,
    }),
  ];
}

/** Where runs met a limit, and how many: `link 10/10`. */
function saturatedText({ saturated, runs }: CellSummary): string {
  const places = Object.entries(saturated).filter(([place]) => place !== "none");
  return places.map(([place, count]) => `${place} ${count}/${runs.length}`).join(", ") || "none";
}

/** One line instead where no quantile has enough requests beyond it. */
export function latencyTable({ manifest, cells }: Analysis): Block[] {
  const all = cells.flatMap(({ latencies }) => [...latencies.values()]);
  if (all.length > 0 && all.every(({ quantiles }) => quantiles.every(({ quantile }) => quantile.isThin))) {
    const most = Math.max(...all.map(({ requests }) => requests));
    return [
      {
        kind: "paragraph",
        text: `No quantiles of requests are given: cells have at most ${numbered(most, "request")} of a kind, and fewer than ${FEWEST_BEYOND}, or than ${FEWEST_BEYOND_OF_RUN} of a run, lie beyond even the median.`,
      },
    ];
  }
  const rows = cells.flatMap(({ cell, latencies }) =>
    [...latencies.values()].map(({ quantity, requests, quantiles }) => [
      ...levelTexts(cell.levels, manifest.factors),
      manifest.quantities.find(({ name }) => name === quantity)?.label ?? quantity,
      String(requests),
      ...quantiles.map(({ quantile }) => `${formatEstimate(quantile, "s")}${quantile.isThin ? " †" : ""}`),
    ]),
  );
  if (rows.length === 0) return [];
  const head = [
    ...manifest.factors.map(({ label }) => label),
    "times of",
    "requests",
    "p50 (95 %)",
    "p90 (95 %)",
    "p99 (95 %)",
  ];
  const notes = [
    "Of the requests of a run, the mean of the runs' own quantiles.",
    `† Fewer than ${FEWEST_BEYOND} requests lie beyond, or fewer than ${FEWEST_BEYOND_OF_RUN} of a run: it says more of single requests than of the cell, and is too large where tails are long. Without an interval it is that of all requests together, for a run has too few for its own. – : they too are too few.`,
  ];
  const numbersFrom = manifest.factors.length + 1;
  return [tableOf({ caption: "Quantiles of requests", head, rows, numbersFrom, notes })];
}

export function effectsTable({ manifest, effects }: Analysis): Block[] {
  if (effects.length === 0) return [];
  const rows = effects.map((effect) => effectRow(effect, manifest.factors, manifest.quantities));
  const shown = effects.filter(({ isShown }) => isShown).length;
  return [
    {
      kind: "paragraph",
      text: `Ratios of means, all other factors equal: ${effects.length} comparisons in one family, of which ${shown} are shown. Intervals and probabilities are corrected after Holm: an interval leaves 1 out only where the difference holds against all comparisons together.`,
    },
    tableOf({
      caption: "Effects as ratios",
      head: ["quantity", "ratio of", "others", "n", "ratio (corrected)", "p (Holm)", "shown"],
      rows,
      numbersFrom: 3,
    }),
  ];
}

function effectRow(
  { request, others, counts, ratio, probability, isShown }: Effect,
  factors: readonly Factor[],
  quantities: readonly Quantity[],
) {
  const factor = factors.find(({ name }) => name === request.factor);
  const level = (value: number | string) => formatLevel(value, factor?.unit ?? "");
  const varying = factors.filter(({ name, levels }) => name !== request.factor && levels.length > 1);
  return [
    quantities.find(({ name }) => name === request.quantity)?.label ?? request.quantity,
    `${level(request.level)} / ${level(request.against)}`,
    levelTexts(others, varying).join(", "),
    counts.join(", "),
    formatEstimate(ratio),
    probabilityText(probability),
    isShown ? "yes" : "no",
  ];
}

function probabilityText(probability: number | null): string {
  if (probability === null) return "–";
  return probability < 0.001 ? "< 0.001" : probability.toFixed(3);
}

export function levelTexts(levels: Levels, factors: readonly Factor[]): string[] {
  return factors.map(({ name, unit }) => formatLevel(levels[name] ?? "", unit));
}
