// The sending time of a frame on a link whose queue holds two packets or some more, kept busy for a
// while: packets come so fast that most find the queue full, and those that are let in leave, and
// arrive, a sending time apart. One of these times says little, for the machine is late by as much;
// the mean of hundreds does. In a queue of one packet none waits, and the link is idle until the
// next one comes: seen to take a guest 0.2 to 0.3 ms, whatever the pace, so this says nothing
// there.

import type { Flight } from "../capture.ts";
import { transmissionMillis } from "../frames.ts";
import { type Estimate, quantile } from "../statistics/quantile.ts";
import { streamCommand, trainsCommand } from "./stream.ts";

export interface BusyPlan {
  trains: number;
  packets: number;
  packetsPerSecond: number;
  frameBytes: number;
  /** A sender that pauses for longer, or a machine later by more, may leave the link idle. */
  mostApartMillis: number;
  mostLateMillis: number;
  /** Between trains. */
  pauseMillis: number;
  millis: number;
}

/** Packets that come while one is being sent: as many as that, and at least so many. */
const WANTED = 4;
const LEAST = 1.5;
const MOST_PER_SECOND = 25_000;
/** Shares of a sending time, and of the time that a full queue takes to empty. */
const MOST_APART_RATIO = 0.7;
const MOST_LATE_RATIO = 0.3;
const SENDINGS = 40;
const LEAST_TRAIN_MILLIS = 40;
const TRAINS = 8;
/** A slow link is given fewer, of which each says more. */
const SLOW_MILLIS = 20;
const SLOW_SENDINGS = 8;
const SLOW_TRAINS = 4;
/** The start of iperf. */
const STARTING_MILLIS = 10;

/** null: packets cannot come as fast as that. */
export function planBusy(
  queued: number,
  frameBytes: number,
  rateBitsPerSecond: number,
  lossRatio: number,
): BusyPlan | null {
  const sendingMillis = transmissionMillis(frameBytes, rateBitsPerSecond);
  const perSecond = (packets: number) => (1000 * packets) / sendingMillis / (1 - lossRatio);
  if (perSecond(LEAST) > MOST_PER_SECOND) return null;
  const packetsPerSecond = Math.min(MOST_PER_SECOND, Math.ceil(perSecond(WANTED)));
  const isSlow = sendingMillis > SLOW_MILLIS;
  const trains = isSlow ? SLOW_TRAINS : TRAINS;
  const trainMillis = isSlow ? SLOW_SENDINGS * sendingMillis : Math.max(LEAST_TRAIN_MILLIS, SENDINGS * sendingMillis);
  const pauseMillis = (queued + 1) * sendingMillis;
  return {
    trains,
    packets: Math.ceil((packetsPerSecond * trainMillis) / 1000),
    packetsPerSecond,
    frameBytes,
    mostApartMillis: MOST_APART_RATIO * sendingMillis,
    mostLateMillis: MOST_LATE_RATIO * queued * sendingMillis,
    pauseMillis,
    millis: trains * (trainMillis + pauseMillis + STARTING_MILLIS),
  };
}

export function busyCommand(address: string, plan: BusyPlan): string[] {
  const { trains, packets, packetsPerSecond, frameBytes, pauseMillis } = plan;
  return trainsCommand(streamCommand(address, packets, frameBytes, packetsPerSecond), trains, pauseMillis);
}

/**
 * From trains in the order in which their packets were sent, on a machine that makes one in ten
 * packets late by so much; null if too few arrived, or if the queue may have been empty.
 */
export function busyTime(trains: readonly (readonly Flight[])[], plan: BusyPlan, lateMillis: number): Estimate | null {
  if (lateMillis > plan.mostLateMillis) return null;
  const read = trains.map((train) => sendings(train, plan)).filter(({ length }) => length > 1);
  if (read.length < SLOW_TRAINS) return null;
  const means = read.map(mean);
  const quartiles = quantile(means, 0.75) - quantile(means, 0.25);
  const scatter = (0.93 * quartiles) / Math.sqrt(means.length);
  const all = read.flat();
  return { value: mean(means), error: scatter + idleMillis(all), samples: all.length };
}

/** The times between two arrivals, where packets came fast enough meanwhile. */
function sendings(train: readonly Flight[], { mostApartMillis }: BusyPlan): number[] {
  const arrived = train.flatMap(({ arrivedAtMillis }, at) =>
    arrivedAtMillis === null ? [] : [{ arrivedAtMillis, at }],
  );
  return arrived.slice(1).flatMap(({ arrivedAtMillis, at }, index) => {
    const before = arrived[index] as (typeof arrived)[number];
    const sent = train.slice(before.at, at + 1).map(({ sentAtMillis }) => sentAtMillis);
    const pauses = sent.slice(1).map((millis, place) => millis - (sent[place] as number));
    return Math.max(...pauses) > mostApartMillis ? [] : [arrivedAtMillis - before.arrivedAtMillis];
  });
}

/**
 * The error of a machine that is behind and leaves the link idle now and then: a few times that are
 * far too long move the mean from the median.
 */
function idleMillis(times: readonly number[]): number {
  return Math.abs(mean(times) - quantile(times, 0.5));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
