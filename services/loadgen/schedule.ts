// When the requests of an open load arrive, and how many users a closed one has at a time. Pure: a
// function of (seed, index of the request). Arrivals are those of a process of rate 1, all gaps
// equal or exponential, stretched so that they follow the course of the rate (time-rescaling;
// Lewis and Shedler, "Simulation of nonhomogeneous Poisson processes by thinning", 1979, compare
// methods). A record that is replayed has gaps of its own. Shares of one load take every n-th of
// its arrivals, so that together they make exactly it.

import type { Levels, LoadSettings } from "../../lib/contract/load/load.ts";
import { randomAt } from "../../lib/random.ts";

/** The stream of the random numbers that are gaps. */
const GAPS = 0;

export interface Arrival {
  /** Of all arrivals of the load. */
  index: number;
  /** From the load's beginning. */
  atMillis: number;
}

/** A stretch of time in which the level changes evenly. */
interface Piece {
  startSeconds: number;
  /** Infinity in a load that only a number of requests ends. */
  lengthSeconds: number;
  from: number;
  to: number;
}

/** The course of users or rate over the whole load. */
export type Course = readonly Piece[];

export function courseOf(settings: LoadSettings): Course {
  const { levels, rate, users } = settings;
  const allSeconds = allSecondsOf(settings);
  const level = rate ?? users;
  return levels === null
    ? [{ startSeconds: 0, lengthSeconds: allSeconds, from: level, to: level }]
    : piecesOf(levels, allSeconds);
}

/** Warm-up and cool-down included. */
function allSecondsOf({ warmupSeconds, seconds, cooldownSeconds }: LoadSettings): number {
  return seconds === null ? Number.POSITIVE_INFINITY : warmupSeconds + seconds + cooldownSeconds;
}

function piecesOf({ course, values }: Levels, allSeconds: number): Piece[] {
  if (course === "ramp") {
    const [from = 0, to = from] = values;
    return [{ startSeconds: 0, lengthSeconds: allSeconds, from, to }];
  }
  const lengthSeconds = allSeconds / values.length;
  return values.map((value, index) => ({ startSeconds: index * lengthSeconds, lengthSeconds, from: value, to: value }));
}

/** The arrivals of a share, in order. Null after the last. */
export function arrivalsOf(settings: LoadSettings): () => Arrival | null {
  const { seed, arrivals, share, paths } = settings;
  const timeOf = paths?.order === "replayed" ? replayTimes(paths.entries, settings) : arrivalTimes(courseOf(settings));
  let position = 0;
  let index = -1;
  return () => {
    do {
      index += 1;
      if (arrivals === "poisson") position -= Math.log(randomAt(seed, GAPS, index));
      else position = index;
    } while (index % share.of !== share.index);
    const seconds = timeOf(position);
    return Number.isFinite(seconds) ? { index, atMillis: seconds * 1000 } : null;
  };
}

/**
 * The times of a record, stretched so that its mean rate is the load's. It begins again after its
 * end, a mean gap later.
 */
function replayTimes(entries: readonly { atMillis: number }[], settings: LoadSettings): (index: number) => number {
  const { length } = entries;
  const [first, last] = [entries[0]?.atMillis ?? 0, entries.at(-1)?.atMillis ?? 0];
  const allSeconds = allSecondsOf(settings);
  const lapSeconds = length / (settings.rate ?? 1);
  const lapMillis = length > 1 ? ((last - first) * length) / (length - 1) : 0;
  return (index) => {
    const within = (entries[index % length]?.atMillis ?? 0) - first;
    const share = lapMillis === 0 ? 0 : within / lapMillis;
    const seconds = (Math.floor(index / length) + share) * lapSeconds;
    return seconds < allSeconds ? seconds : Number.POSITIVE_INFINITY;
  };
}

/** Finds, for growing numbers of arrivals, the time at which the course has brought that many. */
function arrivalTimes(course: Course): (arrivals: number) => number {
  let at = 0;
  let before = 0;
  return (arrivals) => {
    for (let piece = course[at]; piece !== undefined; piece = course[++at]) {
      const { startSeconds, lengthSeconds, from, to } = piece;
      const within = Number.isFinite(lengthSeconds) ? ((from + to) / 2) * lengthSeconds : Number.POSITIVE_INFINITY;
      if (arrivals - before < within) return startSeconds + timeWithin(piece, arrivals - before);
      before += within;
    }
    return Number.POSITIVE_INFINITY;
  };
}

/**
 * Solves from·t + (to − from)·t²/2L = arrivals for t, in the form that also holds where from = to.
 */
function timeWithin({ lengthSeconds, from, to }: Piece, arrivals: number): number {
  if (arrivals === 0) return 0;
  if (from === to) return arrivals / from;
  const growth = (to - from) / lengthSeconds;
  return (2 * arrivals) / (from + Math.sqrt(from * from + 2 * growth * arrivals));
}

/**
 * From when on, not before `seconds`, the level is above `level`: the user of that number (from 0)
 * is there. Infinity: never again.
 */
export function nextAbove(course: Course, level: number, seconds: number): number {
  for (const { startSeconds, lengthSeconds, from, to } of course) {
    const endSeconds = startSeconds + lengthSeconds;
    if (endSeconds <= seconds) continue;
    const start = Math.max(startSeconds, seconds);
    const now = from === to ? from : from + ((to - from) * (start - startSeconds)) / lengthSeconds;
    if (now > level) return start;
    if (to > level) return startSeconds + (lengthSeconds * (level - from)) / (to - from) + 1e-6;
  }
  return Number.POSITIVE_INFINITY;
}
