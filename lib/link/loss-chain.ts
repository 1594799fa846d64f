// The losses of a direction as a Markov chain, of which independent loss has one state: their mean,
// the length of their bursts, and how much less a sample of them says than one of independent
// losses. Pure arithmetic on stationary chains.

import type { Direction } from "./direction.ts";

/** Each packet is lost with the probability of the state that it meets; then the state changes. */
interface LossChain {
  lossRatios: readonly number[];
  /** `transitions[from][to]` */
  transitions: readonly (readonly number[])[];
}

type Losing = Pick<Direction, "state" | "lossRatio" | "gilbertElliott" | "markovLoss">;

export interface LossFacts {
  meanRatio: number;
  /** Mean number of packets that are lost in a row; null without loss. */
  burstPackets: number | null;
  /**
   * Variance of the number of losses in a long sample, beside that of independent losses of the
   * same mean: (1 + rho) / (1 - rho) where one packet's loss has the correlation rho with the
   * next's.
   */
  inflation: number;
}

export function lossFacts(direction: Losing): LossFacts {
  const chain = chainOf(direction);
  const shares = stationary(chain.transitions);
  const meanRatio = dot(shares, chain.lossRatios);
  if (meanRatio <= 0) return { meanRatio: 0, burstPackets: null, inflation: 1 };
  const variance = meanRatio * (1 - meanRatio);
  let expected = chain.lossRatios;
  let sum = 0;
  let next = 0;
  for (let lag = 1; lag <= LONGEST_LAG; lag += 1) {
    expected = chain.transitions.map((row) => dot(row, expected));
    const both = shares.reduce(
      (total, share, state) => total + share * (chain.lossRatios[state] as number) * (expected[state] as number),
      0,
    );
    if (lag === 1) next = both;
    const covariance = both - meanRatio ** 2;
    sum += covariance;
    if (Math.abs(covariance) < NEGLIGIBLE * variance) break;
  }
  return {
    meanRatio,
    burstPackets: meanRatio < 1 ? meanRatio / (meanRatio - next) : null,
    inflation: variance === 0 ? 1 : Math.max(1, 1 + (2 * sum) / variance),
  };
}

const LONGEST_LAG = 100_000;
const NEGLIGIBLE = 1e-6;

function chainOf({ state, lossRatio, gilbertElliott, markovLoss }: Losing): LossChain {
  if (state === "down") return { lossRatios: [1], transitions: [[1]] };
  if (gilbertElliott !== null) {
    const { toBadRatio, toGoodRatio, badLossRatio, goodLossRatio } = gilbertElliott;
    return {
      lossRatios: [goodLossRatio, badLossRatio],
      transitions: [
        [1 - toBadRatio, toBadRatio],
        [toGoodRatio, 1 - toGoodRatio],
      ],
    };
  }
  if (markovLoss !== null) {
    const { p13, p31, p32, p23, p14 } = markovLoss;
    return {
      lossRatios: [0, 0, 1, 1],
      transitions: [
        [1 - p13 - p14, 0, p13, p14],
        [0, 1 - p23, p23, 0],
        [p31, p32, 1 - p31 - p32, 0],
        [1, 0, 0, 0],
      ],
    };
  }
  return { lossRatios: [lossRatio], transitions: [[1]] };
}

/**
 * The share of packets that meet each state. By repeated squaring of a chain that sometimes stays.
 */
function stationary(transitions: LossChain["transitions"]): number[] {
  const lazy = transitions.map((row, from) => row.map((ratio, to) => ratio / 2 + (from === to ? 0.5 : 0)));
  let power: readonly (readonly number[])[] = lazy;
  for (let squarings = 0; squarings < SQUARINGS; squarings += 1) {
    const columns = power.map((_, to) => power.map((row) => row[to] as number));
    power = power.map((row) => normal(columns.map((column) => dot(row, column))));
  }
  return [...(power[0] as readonly number[])];
}

/** A chain that changes its state once in a million packets has forgotten its first one by then. */
const SQUARINGS = 40;

/** Rounding would add up over the squarings. */
function normal(row: readonly number[]): number[] {
  const sum = row.reduce((total, each) => total + each, 0);
  return row.map((each) => each / sum);
}

function dot(first: readonly number[], second: readonly number[]): number {
  return first.reduce((sum, value, at) => sum + value * (second[at] as number), 0);
}
