// How full bursts found the queue of a link (burst.ts).

import type { Flight, Passage } from "../capture.ts";
import { type Estimate, quantile } from "../statistics/quantile.ts";

/** How many packets of a burst were there when each one arrived, including itself. */
export function fullness(train: readonly Passage[], pathMillis: number): number[] {
  let gone = 0;
  return train.map(({ sentAtMillis }, at) => {
    while (gone < at && (train[gone] as Passage).arrivedAtMillis <= sentAtMillis + pathMillis) gone += 1;
    return at - gone + 1;
  });
}

export interface Burst {
  sent: readonly Flight[];
  /** For each that arrived. */
  there: readonly number[];
}

/**
 * A burst says how long the queue is if it came fast enough to overfill it. One that came too
 * slowly, as from a busy machine, only says that the queue is no shorter than this.
 */
export function isTelling(
  { sent, there }: Burst,
  { queued, lossRatio }: { queued: number; lossRatio: number },
  sendingMillis: number,
): boolean {
  const left = sent.length * (1 - lossRatio) - spanMillis(sent) / sendingMillis;
  return left > queued * OVERFULL_RATIO || Math.max(...there) > queued;
}

function spanMillis(sent: readonly Flight[]): number {
  return (sent.at(-1)?.sentAtMillis ?? 0) - (sent[0]?.sentAtMillis ?? 0);
}

/** Less would leave a queue that is 15 % longer than declared hardly full. */
const OVERFULL_RATIO = 1.15;

/**
 * Median of how full packets found a full queue. It reads too full by one if a packet was later
 * than its successor's distance, which the middle third of them shows, and a machine that is often
 * that late.
 */
export function countedFullness(values: readonly number[], latePackets: number, isLate: boolean): Estimate | null {
  if (values.length === 0) return null;
  const apart = quantile(values, 0.65) - quantile(values, 0.35);
  const error = apart + (isLate ? Math.max(1, latePackets) : 0);
  return { value: quantile(values, 0.5), error, samples: values.length };
}

/**
 * One in ten is late by this share of the time between packets, so at most a third of them are
 * counted wrongly.
 */
export const LATE_RATIO = 0.8;

/** Median of the most packets that each burst had in the queue. */
export function mostFullness(bursts: readonly (readonly number[])[], latePackets: number): Estimate | null {
  return among(
    bursts.map((there) => ({ value: Math.max(...there), error: 0 })),
    latePackets,
  );
}

/**
 * How full a long queue is once it is full. Then each packet that is let in finds as many, and as
 * many are let in as leave meanwhile, unless the machine was behind and catches up: packets wait
 * before the queue then, which look as if they were in it. Such a burst says nothing.
 */
export function steadyFullness(
  bursts: readonly Burst[],
  pace: Pace,
  sendingMillis: number,
  latePackets: number,
): Estimate | null {
  const { queued, packetsPerSecond } = pace;
  const filled = bursts.map((burst) => readFull(burst, pace, sendingMillis));
  const steady = filled.flatMap(({ steadiest }) => steadiest ?? []);
  if (steady.length > 0) return among(steady, latePackets);
  const isLonger = packetsPerSecond <= SURELY_CARRIED && filled.every(({ isFull }) => !isFull);
  const overfull = bursts.map(({ there }) => there).filter((there) => Math.max(...there) > queued);
  return isLonger ? mostFullness(overfull, latePackets) : null;
}

interface Pace {
  /** Packets that the queue should hold. */
  queued: number;
  packetsPerSecond: number;
}

interface Reading {
  value: number;
  error: number;
}

/** A guest is not behind with this many packets a second, even if nothing is dropped. */
export const SURELY_CARRIED = 8000;

/**
 * The reading of a burst once the queue is full. It is that of the steadiest stretch, because a
 * machine that was behind for a moment has caught up by the next one.
 */
function readFull({ sent, there }: Burst, { queued, packetsPerSecond }: Pace, sendingMillis: number) {
  const full = fullFrom(sent);
  const letIn = countArrivals(sent);
  const span = (from: number, to: number) => (sent[to]?.sentAtMillis ?? 0) - (sent[from]?.sentAtMillis ?? 0);
  const longMillis = Math.max(STRETCH_MILLIS, FEW_LET_IN_RATIO * queued * sendingMillis);
  const long = Math.ceil((longMillis * packetsPerSecond) / 1000);
  const read = stretches(full, sent.length, long).map(([from, to]) =>
    readStretch(there.slice(letIn[from], letIn[to]), span(0, from), span(from, to), sendingMillis),
  );
  const growth = quantile(
    read.map((stretch) => stretch.growth),
    0.5,
  );
  const steady = read
    .filter(({ isBalanced }) => isBalanced)
    .map(({ value, apart, elapsed, ...stretch }) => {
      return { value, error: apart + elapsed * Math.max(Math.abs(stretch.growth), Math.abs(growth)) };
    });
  return { isFull: full < sent.length, steadiest: steadiestOf(steady) };
}

/** A machine that was behind for a moment has caught up after some of these. */
export const STRETCH_MILLIS = 100;
/** Fewer that were let in say little of how steady the queue was. */
const FEW_LET_IN = 8;
const FEW_LET_IN_RATIO = 0.2;

/**
 * Stretches of a burst, each of which begins in the middle of the one before: their first packets,
 * and the first ones after them.
 */
function stretches(first: number, packets: number, length: number): [number, number][] {
  const count = Math.max(0, Math.floor((2 * (packets - 1 - first)) / length) - 1);
  return Array.from({ length: count }, (_, half) => {
    const from = first + Math.floor((half * length) / 2);
    return [from, from + length];
  });
}

/** How full a stretch found the queue, and how much fuller it became meanwhile. */
function readStretch(values: readonly number[], beforeMillis: number, spentMillis: number, sendingMillis: number) {
  const surplus = values.length - spentMillis / sendingMillis;
  const middle = values.length >> 1;
  const growth = 2 * (middleMean(values.slice(middle)) - middleMean(values.slice(0, middle)));
  return {
    isBalanced: values.length >= FEW_LET_IN && Math.abs(surplus) <= (BALANCE_RATIO * spentMillis) / sendingMillis,
    value: quantile(values, 0.5),
    apart: quantile(values, 0.75) - quantile(values, 0.25),
    growth,
    // A machine that is further behind with each packet has been so from the first one on, and more
    // so while packets were let in.
    elapsed: 1 + (2 * beforeMillis) / spentMillis,
  };
}

/** Mean of the middle half: it has fractions of a packet, as a median has not. */
function middleMean(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.slice(Math.floor(sorted.length / 4), Math.ceil((3 * sorted.length) / 4));
  return half.reduce((sum, value) => sum + value, 0) / Math.max(1, half.length);
}

/** A machine that catches up lets in half as many or fewer. */
const BALANCE_RATIO = 0.1;

/**
 * From which packet on fewer are let in: the most likely place of one change in the share that
 * arrives (Hinkley 1970); the number of packets if there is none.
 */
function fullFrom(sent: readonly Flight[]): number {
  const all = arrivals(sent);
  const whole = logLikelihood(all, sent.length);
  let [best, place, before] = [whole + CHANGE_GAIN, sent.length, 0];
  for (const [at, { arrivedAtMillis }] of sent.entries()) {
    const gain = logLikelihood(before, at) + logLikelihood(all - before, sent.length - at);
    const isDrop = (all - before) * at < DROP_RATIO * before * (sent.length - at);
    if (isDrop && gain > best) [best, place] = [gain, at];
    if (arrivedAtMillis !== null) before += 1;
  }
  return place;
}

/** Chance makes a change as likely as this less often than once in a thousand bursts. */
const CHANGE_GAIN = 12;
/** Bursts are a quarter faster than the rate at least, so a fifth is not let in. */
const DROP_RATIO = 0.9;

/** Of this many arrivals, at the share that makes them most likely. */
function logLikelihood(arrived: number, sent: number): number {
  if (arrived === 0 || arrived === sent) return 0;
  return arrived * Math.log(arrived / sent) + (sent - arrived) * Math.log(1 - arrived / sent);
}

/** How many arrived of the packets before each one. */
function countArrivals(sent: readonly Flight[]): number[] {
  let count = 0;
  return sent.map(({ arrivedAtMillis }) => (arrivedAtMillis === null ? count : count++));
}

function arrivals(sent: readonly Flight[]): number {
  return sent.reduce((sum, { arrivedAtMillis }) => sum + (arrivedAtMillis === null ? 0 : 1), 0);
}

/**
 * The reading of the steadiest burst. Its distance to the nearest other one is part of the error,
 * because a machine that delays one burst does not delay all.
 */
function among(bursts: readonly Reading[], latePackets: number): Estimate | null {
  const steadiest = steadiestOf(bursts);
  if (steadiest === null) return null;
  const others = bursts.filter((burst) => burst !== steadiest);
  const { value, error } = steadiest;
  const distances = others.map((other) => Math.max(0, Math.abs(other.value - value) - other.error));
  const apart = others.length === 0 ? 0 : Math.min(...distances);
  return { value, error: apart + error + latePackets, samples: bursts.length };
}

function steadiestOf(readings: readonly Reading[]): Reading | null {
  return readings.toSorted((one, other) => one.error - other.error)[0] ?? null;
}
