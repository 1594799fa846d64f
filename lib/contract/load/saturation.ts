// `find=saturation`: the rate at which a server's goodput no longer follows the offered load. Open
// loads are made one after another: the rate doubles until one is too high, then the search halves
// the factor that is left between what the server holds and what it does not. The seed draws where
// the doubling begins, so that searches of other seeds enclose the knee in other places, and their
// spread shows how finely it is known.

import type { Problem } from "../../errors.ts";
import { randomAt } from "../../random.ts";
import type { LoadRequest, LoadResult } from "./load.ts";
import { SATURATED_UTILISATION } from "./merge.ts";
import { ownWords, refuseWords } from "./other-words.ts";
import { attempt, readLoad } from "./replay.ts";
import { LOAD_FIELDS, MAX_WARMUP_SECONDS } from "./settings.ts";

/** Completed requests may be this share fewer than those offered, and one more. */
const SHORTFALL = 0.05;
/** The median latency may be this many times that of one user alone. */
const MOST_TIMES_UNLOADED = 10;
/** The search ends when the rate that is too high is at most so many times the one that is held. */
const NEAR_ENOUGH = 1.1;
const MOST_STEPS = 20;
/** Of a step, where the words say nothing. */
const STEP_SECONDS = 2;
/**
 * The warm-up of a step, where the words say nothing: this share of its seconds, and at least as
 * many times the largest latency of one user alone. Behind a warm-up that is shorter than a latency
 * the window lacks answers at every rate.
 */
const WARMUP_RATIO = 1 / 4;
const WARMUP_TIMES_LARGEST = 2;
/**
 * The median of one user may be this share of a step's seconds: with fewer than three answers it is
 * that of times that the end has cut off.
 */
const MOST_MEDIAN_RATIO = 1 / 3;
/** The stream of the first rate; the loads themselves have those below. */
const FIRST_RATE = 0x30000;

const CRITERION = `a rate is too high if more than ${SHORTFALL * 100} % of it are not completed in time, or if the median latency is more than ${MOST_TIMES_UNLOADED} times that of one user alone`;

export interface SaturationStep {
  rate: number;
  offered: number;
  completedPerSecond: number;
  goodputBitsPerSecond: number;
  p50Micros: number | null;
  p99Micros: number | null;
  /** Why the rate is too high; null: it is held. */
  reason: string | null;
  /** Of the generator: share of the time in which it was busy. */
  eventLoopUtilisation: number;
  /** Why the step says more about the generator than about the server. */
  invalid: string[];
}

export interface Saturation {
  criterion: string;
  /** One user without pauses, whose median stands for a server without a queue. */
  unloaded: Pick<SaturationStep, "completedPerSecond" | "p50Micros" | "p99Micros">;
  steps: SaturationStep[];
  /** The highest rate that was held, and the lowest above it that was too high; null: none. */
  heldPerSecond: number | null;
  tooHighPerSecond: number | null;
  /** The geometric mean of both: on average over seeds the knee itself. */
  kneePerSecond: number | null;
  /** Why the search ended. */
  ended: string;
  /** Why the knee may be the generator's and not the server's, or cannot be seen; mostly empty. */
  invalid: string[];
}

/** Makes one load. */
export type Measure = (request: LoadRequest) => Promise<LoadResult>;

/**
 * The request of a step, with a rate, which the search varies, so that it is checked as a whole;
 * null: the words ask for no search. Throws E_USAGE.
 */
export function readSearch(words: readonly string[]): LoadRequest | null {
  const wanted = words.filter((word) => word.startsWith("find="));
  if (wanted.length === 0) return null;
  const { words: others, problems: unknown } = ownWords(words.filter((word) => !word.startsWith("find=")));
  const nameOf = (word: string) => word.split("=")[0] ?? "";
  const isChosen = (word: string) => SEARCHED.includes(nameOf(word));
  const read = attempt(() => readLoad(others.filter((word) => !isChosen(word))), { target: "" });
  const problems: Problem[] = [
    ...wanted
      .filter((word) => word !== "find=saturation")
      .map((word) => {
        return { path: "find", message: `cannot be read: ${word.slice(5)}`, allowed: "saturation" };
      }),
    ...others.filter(isChosen).map((word) => {
      return { path: nameOf(word), message: "is what the search chooses", allowed: "neither users nor rate" };
    }),
    ...unknown,
    ...read.problems,
  ];
  refuseWords(problems);
  const { seconds, ...request } = read.value;
  const isGiven = others.some((word) => nameOf(word) === "seconds");
  return { ...request, rate: 1, seconds: isGiven && seconds !== undefined ? seconds : STEP_SECONDS };
}

/** Words of a load that a search chooses, or that make none. */
export const SEARCHED = ["users", "rate", "requests", "think", "page", "replay", "speed", "ending"];

interface Search {
  /** Of each step. */
  seconds: number;
  warmupSeconds: number;
  firstRate: number;
  one: LoadResult;
  steps: SaturationStep[];
}

/** Each load takes its seconds, its warm-up and at most the time-out of one request more. */
export async function findSaturation(
  request: LoadRequest,
  measure: Measure,
  onStep: (step: SaturationStep) => void,
): Promise<Saturation> {
  const { rate: _, arrivals: __, connections: ___, ...others } = request;
  const closed = { ...others, users: 1, pipeline: 1 }; // a pipeline would be a queue
  const one = await measure({ ...closed, ending: "cut" });
  const rttMillis = one.roundTrips?.rttMillis ?? 1;
  const seconds = request.seconds ?? STEP_SECONDS;
  const warmupSeconds = request.warmupSeconds ?? warmupOf(seconds, one);
  const steps: SaturationStep[] = [];
  const search = {
    seconds,
    warmupSeconds,
    firstRate: rounded(one.completedPerSecond * firstRatio(request)),
    one,
    steps,
  };
  for (let rate = nextRate(search); typeof rate === "number"; rate = nextRate(search)) {
    const result = await measure({ ...request, rttMillis, rate, warmupSeconds, ending: "cut" });
    const step = stepOf(rate, result, one);
    steps.push(step);
    onStep(step);
    // The server's remaining work delays this one request, and not the next step.
    const single = { seconds: null, requests: 1, warmupSeconds: 0, cooldownSeconds: 0 };
    if (step.reason !== null) await measure({ ...closed, ...single, rttMillis });
  }
  const { held, tooHigh } = boundsOf(steps);
  const { completedPerSecond, latencies } = one;
  const { p50Micros, p99Micros } = latencies.total;
  const isEnclosed = held > 0 && Number.isFinite(tooHigh);
  return {
    criterion: `after a warm-up of ${warmupSeconds} s, ${CRITERION}`,
    unloaded: { completedPerSecond, p50Micros, p99Micros },
    steps,
    heldPerSecond: held > 0 ? held : null,
    tooHighPerSecond: Number.isFinite(tooHigh) ? tooHigh : null,
    kneePerSecond: isEnclosed ? Math.sqrt(held * tooHigh) : null,
    ended: String(nextRate(search)),
    invalid: invalidReasons(search),
  };
}

function warmupOf(seconds: number, { latencies }: LoadResult): number {
  const largestSeconds = (latencies.total.maxMicros ?? 0) / 1e6;
  const wanted = Math.max(WARMUP_RATIO * seconds, WARMUP_TIMES_LARGEST * largestSeconds);
  return Math.min(rounded(wanted), MAX_WARMUP_SECONDS);
}

/** The first rate, by that of one user: above a half and at most all of it, evenly by factors. */
function firstRatio({ seed = 1 }: LoadRequest): number {
  return 2 ** (randomAt(seed, FIRST_RATE, 0) - 1);
}

/** The rate of the next step, or why there is none. */
function nextRate(search: Search): number | string {
  const { seconds, firstRate, one, steps } = search;
  const fault = faultOf(search);
  if (fault !== null) return fault;
  if (one.completed === 0) return `one user alone got no answer within ${seconds} s`;
  const { held, tooHigh } = boundsOf(steps);
  if (tooHigh <= NEAR_ENOUGH * held) return "the knee lies between two rates that are near";
  if (steps.length === MOST_STEPS) return `after ${MOST_STEPS} steps`;
  const rate = steps.length === 0 ? firstRate : rounded(between(held, tooHigh));
  const mayBe = LOAD_FIELDS.rate.accepts(rate);
  if (held > 0) return mayBe ? rate : "the highest rate of a load is held";
  return mayBe && rate * seconds >= 1 ? rate : `no rate was held, and lower ones are too few requests for ${seconds} s`;
}

/** Infinity: no rate is too high; 0: none was held. */
function between(held: number, tooHigh: number): number {
  if (!Number.isFinite(tooHigh)) return 2 * held;
  return held === 0 ? tooHigh / 2 : Math.sqrt(held * tooHigh);
}

/** Why the server's knee cannot be seen; null: it can, as far as is known. */
function faultOf({ seconds, warmupSeconds, one, steps }: Search): string | null {
  if (one.completed === 0 && one.offered === 0 && !(one.spanning > 0))
    return "the generators were so late that one user alone asked for nothing";
  const medianSeconds = one.completed === 0 ? 0 : (one.latencies.total.p50Micros ?? 0) / 1e6;
  const median = `the median latency of one user alone, ${rounded(medianSeconds)} s,`;
  if (medianSeconds > MOST_MEDIAN_RATIO * seconds)
    return `${median} is more than a third of the ${seconds} s of a rate: more seconds are needed`;
  if (medianSeconds > warmupSeconds)
    return `${median} is more than the warm-up of ${warmupSeconds} s, so that the window would lack answers`;
  const last = steps.at(-1);
  if (last === undefined) return null;
  if (last.offered === 0)
    return "nothing of the last rate was offered: the generators were late, or none of its few arrivals was in time";
  const isBusy = last.eventLoopUtilisation > SATURATED_UTILISATION;
  return isBusy ? "the generator is at its end, and the server perhaps not" : null;
}

/** A generator that is late at a rate that is held has only made it harder to hold. */
function invalidReasons(search: Search): string[] {
  const { steps } = search;
  const { tooHigh } = boundsOf(steps);
  const fault = faultOf(search);
  const atKnee = steps.flatMap(({ rate, offered, invalid }) => (rate === tooHigh && offered > 0 ? invalid : []));
  return [...new Set([...(fault === null ? [] : [fault]), ...atKnee])];
}

function boundsOf(steps: readonly SaturationStep[]): { held: number; tooHigh: number } {
  const made = steps.filter(({ offered }) => offered > 0);
  const rates = (isHeld: boolean) => made.filter(({ reason }) => (reason === null) === isHeld).map(({ rate }) => rate);
  return { held: Math.max(0, ...rates(true)), tooHigh: Math.min(...rates(false)) };
}

function stepOf(rate: number, result: LoadResult, one: LoadResult): SaturationStep {
  const { offered, completedPerSecond, goodputBitsPerSecond, latencies, generator, invalid } = result;
  const { p50Micros, p99Micros } = latencies.total;
  return {
    rate,
    offered,
    completedPerSecond,
    goodputBitsPerSecond,
    p50Micros,
    p99Micros,
    reason: reasonOf(result, one),
    eventLoopUtilisation: generator.eventLoopUtilisation,
    invalid,
  };
}

function reasonOf({ offered, windowSeconds, completedPerSecond, latencies }: LoadResult, one: LoadResult) {
  if (offered === 0) return "nothing was offered in time";
  const completed = completedPerSecond * windowSeconds;
  if (completed < offered * (1 - SHORTFALL) - 1) return `${Math.round(completed)} of ${offered} completed in time`;
  const times = (latencies.total.p50Micros ?? 0) / (one.latencies.total.p50Micros ?? Number.POSITIVE_INFINITY);
  return times > MOST_TIMES_UNLOADED ? `the median is ${times.toFixed(1)} times that of one user` : null;
}

/** Three digits, which people read. */
function rounded(rate: number): number {
  return Number(rate.toPrecision(3));
}
