// How jitter is distributed: what netem makes of each of its distributions, in units of the jitter,
// which is netem's parameter. The tables of pareto and paretonormal end at four times it, which
// leaves deviations of 0.82 and 0.83 of it and medians below 0. Source: normal.c, pareto.c and
// paretonormal.c of iproute2's netem/, by whose formulas the tables are made here.

import { deviationsOf, type JitterTable, PARTS } from "./jitter-table.ts";

/** Deviations from the delay in units of the jitter, all equally likely, in rising order. */
export type Shape = readonly number[];

export const DISTRIBUTIONS = ["normal", "uniform", "pareto", "paretonormal"] as const;
type NamedDistribution = (typeof DISTRIBUTIONS)[number];

/** One of netem's, or a table of one's own. */
export type Distribution = NamedDistribution | JitterTable;

export function shapeOf(distribution: Distribution): Shape {
  if (typeof distribution !== "string") return deviationsOf(distribution);
  const known = made.get(distribution) ?? MAKERS[distribution]();
  made.set(distribution, known);
  return known;
}

/** The deviation below which a share of the packets lies. */
export function quantileOf(shape: Shape, share: number): number {
  const at = Math.floor(share * shape.length);
  return shape[Math.max(0, Math.min(shape.length - 1, at))] ?? 0;
}

/** The share of the packets whose deviation is at most that. */
export function shareUpTo(shape: Shape, deviation: number): number {
  let [low, high] = [0, shape.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((shape[middle] as number) > deviation) high = middle;
    else low = middle + 1;
  }
  return low / shape.length;
}

/** No packet is earlier than the delay by more, or later than by the other. */
export function lowestOf(shape: Shape): number {
  return shape[0] ?? 0;
}

export function highestOf(shape: Shape): number {
  return shape.at(-1) ?? 0;
}

const SIZE = 4096;
const made = new Map<NamedDistribution, Shape>();

const MAKERS: Record<NamedDistribution, () => Shape> = {
  normal: () => normalQuantiles().map(stored),
  uniform: () => Array.from({ length: SIZE }, (_, at) => (2 * at) / (SIZE - 1) - 1),
  pareto: () => paretoQuantiles().map(stored),
  paretonormal() {
    const pareto = paretoQuantiles();
    return normalQuantiles().map((normal, at) => stored((normal + 3 * (pareto[at] as number)) / 4));
  },
};

/** As a table holds it: in whole parts, which end at four times the jitter. */
function stored(deviation: number): number {
  return Math.max(-4 * PARTS, Math.min(4 * PARTS - 1, Math.round(deviation * PARTS))) / PARTS;
}

/** Of a shape of 3 and with the mean at 0. */
function paretoQuantiles(): number[] {
  return Array.from({ length: SIZE }, (_, at) => Math.min(4, (4 / 3) * ((1 - at / SIZE) ** (-1 / 3) - 1.5)));
}

/** Steps of the density's integral, and where its tail is as good as nothing. */
const STEP = 1 / 1024;
const TAIL = -8;

/** At an eighth of each of the equal shares, as normal.c rounds. */
function normalQuantiles(): number[] {
  const quantiles: number[] = [];
  let share = 0;
  for (let middle = TAIL + STEP / 2; quantiles.length < SIZE; middle += STEP) {
    const density = Math.exp(-(middle ** 2) / 2) / Math.sqrt(2 * Math.PI);
    share += STEP * density;
    for (;;) {
      const beyond = share - (quantiles.length + 1 / 8) / SIZE;
      if (beyond < 0 || quantiles.length === SIZE) break;
      quantiles.push(middle + STEP / 2 - beyond / density);
    }
  }
  return quantiles;
}
