// Threats to validity that the data themselves show: few runs, wide intervals, voids, of the study
// and of a cell, a saturated generator, dropped requests, drift over the study.

import type { Analysis } from "../analyse.ts";
import { canTell } from "../cells.ts";
import { numbered } from "../format.ts";
import { labelOf } from "../plots/model-error.ts";
import type { Manifest, Quantity, Repetitions } from "../results.ts";
import { meanWithInterval } from "../stats/mean-interval.ts";
import { mean } from "../stats/summary.ts";
import { subjectsOf } from "../subjects.ts";
import { droppedThreat } from "./dropped.ts";

const FEW_RUNS = 6;
const WIDE = 0.1;
const MANY_VOIDS = 0.05;
const MANY_VOIDS_OF_CELL = 0.2;
const FEWEST_VOIDS = 2;
const MOST_NAMED = 8;
/** With no more runs a study looks a few times only. */
const FEW_LOOKS = 12;
/** Cells whose runs lie further apart than by so many blocks do not share a drift evenly. */
const EVEN_BLOCKS = 1;

export function threatsFound(analysis: Analysis): string[] {
  const { cells, counted, voids, manifest } = analysis;
  const chief = chiefOf(manifest);
  const measured = cells.filter(({ runs }) => runs.length > 0);
  const few = measured.filter(({ runs }) => runs.length < FEW_RUNS).length;
  const wide = measured.filter(({ quantities }) => {
    const estimate = quantities.get(chief?.name ?? "")?.mean;
    return estimate !== undefined && isWide(estimate);
  });
  const generator = measured.filter(({ saturated }) => (saturated.generator ?? 0) > 0).length;
  const machine = measured.filter(({ saturated }) => (saturated.machine ?? 0) > 0).length;
  const missing = cells.length - measured.length;
  const dropped = droppedThreat(measured);
  return [
    ...(missing > 0 ? [`${numbered(missing, "cell has", "cells have")} no run that counts.`] : []),
    ...(few > 0
      ? [
          `${numbered(few, "cell has", "cells have")} fewer than ${FEW_RUNS} runs: intervals there rest on the normal shape of so few.`,
        ]
      : []),
    ...stoppingThreat(manifest),
    ...(wide.length > 0
      ? [
          `In ${numbered(wide.length, "cell")} the interval of ${chief?.label} is wider than ± ${100 * WIDE} % of its mean.`,
        ]
      : []),
    ...(voids.length > MANY_VOIDS * (counted + voids.length)
      ? [
          `${voids.length} of ${numbered(counted + voids.length, "run is", "runs are")} void: what made them void may bend those that count.`,
        ]
      : []),
    ...spoiltCells(analysis),
    ...(generator > 0
      ? [`The generator was saturated in runs of ${numbered(generator, "cell")}: these measure the generator.`]
      : []),
    ...(machine > 0
      ? [`The machine was saturated in runs of ${numbered(machine, "cell")}: links and hosts share its processors.`]
      : []),
    ...(dropped === null ? [] : [dropped]),
    ...driftThreat(analysis),
    "One machine carries generator, links and server: what they share, they contend for.",
  ];
}

/** Of a study whose cells end when their interval is narrow; of what compares them too. */
export function stoppingThreat({ stopping }: Manifest): string[] {
  const share = stopping?.until == null ? null : shareHeld(stopping);
  if (share === null) return [];
  return [
    `Cells ended when their interval was narrow, from ${stopping?.atLeast} runs on: by simulation, intervals of such means, and of their ratios and effects, hold in ${share} of a hundred studies at worst, not in 95.`,
  ];
}

/**
 * Studies of a hundred, at worst, in which an interval holds that ended the measuring, or that of a
 * ratio of two such; null if that costs nothing that a simulation shows.
 */
function shareHeld({ atLeast, atMost }: Repetitions): number | null {
  if (atLeast >= atMost) return null;
  const isOftenLooked = atMost > FEW_LOOKS;
  if (atLeast < 5) return isOftenLooked ? 87 : 89;
  if (atLeast < 8) return isOftenLooked ? 90 : 92;
  return isOftenLooked && atLeast < 30 ? 92 : null;
}

/** Few voids of a study may be many of a cell. A single one may be chance. */
function spoiltCells({ cells, manifest: { factors } }: Analysis): string[] {
  const varying = factors.filter(({ levels }) => levels.length > 1);
  const spoilt = cells
    .map(({ cell, runs, voids }) => ({ cell, voids: voids.length, of: runs.length + voids.length }))
    .filter(({ voids, of }) => voids >= FEWEST_VOIDS && voids >= MANY_VOIDS_OF_CELL * of);
  if (spoilt.length === 0) return [];
  const worst = spoilt.toSorted((one, other) => other.voids / other.of - one.voids / one.of).slice(0, MOST_NAMED);
  const named = worst.map(({ cell, voids, of }) => `${labelOf(cell, varying)}: ${voids} of ${of}`).join("; ");
  const more = spoilt.length > MOST_NAMED ? "; and others" : "";
  return [
    `Of ${numbered(spoilt.length, "cell")} a fifth of the runs or more is void (${named}${more}): what made them void may bend those that count.`,
  ];
}

/** The first quantity that the study is about. */
function chiefOf(manifest: Manifest): Quantity | undefined {
  const [chief] = subjectsOf(manifest).subjects;
  return manifest.quantities.find(({ name }) => name === chief);
}

function isWide({ value, lower, upper }: { value: number; lower: number | null; upper: number | null }): boolean {
  return lower !== null && upper !== null && upper - lower > 2 * WIDE * Math.abs(value);
}

/**
 * Drift is shared by all cells of a block. Where cells end when their interval is narrow, the calm
 * ones lie in the first blocks alone, and their ratios to the others hold the drift between.
 */
function driftThreat(analysis: Analysis): string[] {
  const apart = blocksApart(analysis);
  const uneven = `Some cells lie ${apart.toFixed(1)} blocks before others on average, as do those that end sooner`;
  const drift = driftOf(analysis);
  if (drift === null)
    return apart < EVEN_BLOCKS ? [] : [`${uneven}: a drift too small to be found would be in their ratios.`];
  const share =
    apart < EVEN_BLOCKS
      ? "Blocks spread it evenly over the cells."
      : `${uneven}: up to ${(100 * Math.abs(drift.changePerBlock) * apart).toFixed(1)} % of their ratios may be drift.`;
  return [`${drift.text} ${share}`];
}

/** Between the cell whose runs lie earliest on average and the one whose runs lie latest. */
function blocksApart({ cells }: Analysis): number {
  const middles = cells.filter(({ runs }) => runs.length > 0).map(({ runs }) => mean(runs.map(({ block }) => block)));
  return middles.length === 0 ? 0 : Math.max(...middles) - Math.min(...middles);
}

/**
 * Every run over the mean of its cell, later half of the blocks against the earlier: shows a
 * machine that warms up.
 */
function driftOf({ cells, manifest }: Analysis): { text: string; changePerBlock: number } | null {
  const { name: quantity = "", label = "" } = chiefOf(manifest) ?? {};
  const blocks = Math.max(0, ...cells.flatMap(({ runs }) => runs.map(({ block }) => block))) + 1;
  if (blocks < 4) return null;
  const halves = cells.flatMap((summary) => {
    if (!canTell(summary, quantity)) return [];
    const measured = summary.runs.flatMap(({ block, values }) => {
      const value = values[quantity] ?? null;
      return value === null ? [] : [{ block, value }];
    });
    const [early, late] = [false, true].map((isLate) => {
      const own = measured.filter(({ block }) => block >= blocks / 2 === isLate);
      return { value: mean(own.map(({ value }) => value)), block: mean(own.map(({ block }) => block)) };
    }) as [{ value: number; block: number }, { value: number; block: number }];
    return early.value > 0 && late.value >= 0
      ? [{ change: late.value / early.value - 1, blocks: late.block - early.block }]
      : [];
  });
  if (halves.length < 2) return null;
  const { value, lower, upper } = meanWithInterval(halves.map(({ change }) => change));
  if (lower === null || upper === null || (lower <= 0 && upper >= 0) || Math.abs(value) < 0.005) return null;
  const text = `Drift: in the later half of the blocks ${label} differs by ${(100 * value).toFixed(1)} % (${(100 * lower).toFixed(1)} to ${(100 * upper).toFixed(1)}) from the earlier half.`;
  return { text, changePerBlock: value / mean(halves.map((half) => half.blocks)) };
}
