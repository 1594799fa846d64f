// Threats to validity that the data themselves show: few runs, wide intervals, voids, a saturated
// generator, dropped requests, drift over the study.

import type { Analysis } from "../analyse.ts";
import { numbered } from "../format.ts";
import type { Manifest, Quantity } from "../results.ts";
import { meanWithInterval } from "../stats/mean-interval.ts";
import { mean } from "../stats/summary.ts";
import { subjectsOf } from "../subjects.ts";
import { droppedThreat } from "./dropped.ts";

const FEW_RUNS = 6;
const WIDE = 0.1;
const MANY_VOIDS = 0.05;
/** With as many, looking after each run costs intervals nothing that a simulation shows. */
const LEAST_RUNS_TO_STOP = 8;

export function threatsFound(analysis: Analysis): string[] {
  const { cells, counted, voids, manifest } = analysis;
  const { stopping } = manifest;
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
  const [drift, dropped] = [driftOf(analysis), droppedThreat(measured)];
  return [
    ...(missing > 0 ? [`${numbered(missing, "cell has", "cells have")} no run that counts.`] : []),
    ...(few > 0
      ? [
          `${numbered(few, "cell has", "cells have")} fewer than ${FEW_RUNS} runs: intervals there rest on the normal shape of so few.`,
        ]
      : []),
    ...(stopping?.until != null && stopping.atLeast < LEAST_RUNS_TO_STOP
      ? [
          `Cells ended when their interval was narrow, from ${stopping.atLeast} runs on: by simulation, such intervals hold the mean in ${stopping.atLeast < 5 ? 90 : 92} of a hundred studies at worst, not 95.`,
        ]
      : []),
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
    ...(generator > 0
      ? [`The generator was saturated in runs of ${numbered(generator, "cell")}: these measure the generator.`]
      : []),
    ...(machine > 0
      ? [`The machine was saturated in runs of ${numbered(machine, "cell")}: links and hosts share its processors.`]
      : []),
    ...(dropped === null ? [] : [dropped]),
    ...(drift === null ? [] : [drift]),
    "One machine carries generator, links and server: what they share, they contend for.",
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
 * Every run over the mean of its cell, later half of the blocks against the earlier: shows a
 * machine that warms up.
 */
function driftOf({ cells, manifest }: Analysis): string | null {
  const { name: quantity = "", label = "" } = chiefOf(manifest) ?? {};
  const blocks = Math.max(0, ...cells.flatMap(({ runs }) => runs.map(({ block }) => block))) + 1;
  if (blocks < 4) return null;
  const changes = cells.flatMap(({ runs }) => {
    const half = (isLate: boolean) =>
      runs
        .filter(({ block }) => block >= blocks / 2 === isLate)
        .map(({ values }) => values[quantity] ?? null)
        .filter((value) => value !== null);
    const [early, late] = [half(false), half(true)];
    return early.length > 0 && late.length > 0 && mean(early) > 0 ? [mean(late) / mean(early) - 1] : [];
  });
  if (changes.length < 2) return null;
  const { value, lower, upper } = meanWithInterval(changes);
  if (lower === null || upper === null || (lower <= 0 && upper >= 0) || Math.abs(value) < 0.005) return null;
  return `Drift: in the later half of the blocks ${label} differs by ${(100 * value).toFixed(1)} % (${(100 * lower).toFixed(1)} to ${(100 * upper).toFixed(1)}) from the earlier half. Blocks spread it evenly over the cells.`;
}
