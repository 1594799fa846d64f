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

/** Completed requests may be this share fewer than those offered, and one more. */
const SHORTFALL = 0.05;
/** The median latency may be this many times that of one user alone. */
const MOST_TIMES_UNLOADED = 10;
/** The search ends when the rate that is too high is at most so many times the one that is held. */
const NEAR_ENOUGH = 1.1;
const MOST_STEPS = 20;
/** Of a step, where the words say nothing; a quarter more comes before, as its warm-up. */
const STEP_SECONDS = 2;
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
  /** Why the knee may be the generator's and not the server's; empty if it is not. */
  invalid: string[];
}

/** Makes one load. */
export type Measure = (request: LoadRequest) => Promise<LoadResult>;

/** The request that each step varies; null: the words ask for no search. Throws E_USAGE. */
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
  return { ...request, seconds: isGiven && seconds !== undefined ? seconds : STEP_SECONDS };
}

/** Words of a load that a search chooses, or that make none. */
export const SEARCHED = ["users", "rate", "requests", "think", "page", "replay", "speed", "ending"];

/** Each load takes its seconds, its warm-up and at most the time-out of one request more. */
export async function findSaturation(
  request: LoadRequest,
  measure: Measure,
  onStep: (step: SaturationStep) => void,
): Promise<Saturation> {
  const { arrivals: _, connections: __, ...closed } = request;
  const one = await measure({ ...closed, users: 1, ending: "cut" });
  const rttMillis = one.roundTrips?.rttMillis ?? 1;
  const steps: SaturationStep[] = [];
  const firstRate = rounded(one.completedPerSecond * firstRatio(request));
  const next = () => nextRate(steps, one, firstRate);
  for (let rate = next(); typeof rate === "number"; rate = next()) {
    const warmupSeconds = request.warmupSeconds ?? (request.seconds ?? STEP_SECONDS) / 4;
    const result = await measure({ ...request, rttMillis, rate, warmupSeconds, ending: "cut" });
    const step = stepOf(rate, result, one);
    steps.push(step);
    onStep(step);
    // The server's remaining work delays this one request, and not the next step.
    if (step.reason !== null) await measure({ ...closed, seconds: null, requests: 1, users: 1, rttMillis });
  }
  const { held, tooHigh } = boundsOf(steps);
  const { completedPerSecond, latencies } = one;
  const { p50Micros, p99Micros } = latencies.total;
  const isEnclosed = held > 0 && Number.isFinite(tooHigh);
  return {
    criterion: CRITERION,
    unloaded: { completedPerSecond, p50Micros, p99Micros },
    steps,
    heldPerSecond: held > 0 ? held : null,
    tooHighPerSecond: Number.isFinite(tooHigh) ? tooHigh : null,
    kneePerSecond: isEnclosed ? Math.sqrt(held * tooHigh) : null,
    ended: String(next()),
    invalid: invalidReasons(steps, one),
  };
}

/** The first rate, by that of one user: above a half and at most all of it, evenly by factors. */
function firstRatio({ seed = 1 }: LoadRequest): number {
  return 2 ** (randomAt(seed, FIRST_RATE, 0) - 1);
}

/** The rate of the next step, or why there is none. */
function nextRate(steps: readonly SaturationStep[], one: LoadResult, firstRate: number): number | string {
  const exhausted = exhaustedBy(steps, one);
  if (exhausted !== null) return exhausted;
  if (one.completed === 0) return "one user alone got no answer";
  if (steps.length === 0) return firstRate;
  const { held, tooHigh } = boundsOf(steps);
  if (tooHigh <= NEAR_ENOUGH * held) return "the knee lies between two rates that are near";
  if (steps.length === MOST_STEPS) return `after ${MOST_STEPS} steps`;
  if (!Number.isFinite(tooHigh)) return rounded(2 * held);
  return rounded(held === 0 ? tooHigh / 2 : Math.sqrt(held * tooHigh));
}

/** Why the generators could not go on; null: they could. */
function exhaustedBy(steps: readonly SaturationStep[], one: LoadResult): string | null {
  if (one.completed === 0 && one.offered === 0)
    return "the generators were so late that one user alone asked for nothing";
  const last = steps.at(-1);
  if (last === undefined) return null;
  if (last.offered === 0) return "the generators were so late that nothing of the last rate was offered";
  const isBusy = last.eventLoopUtilisation > SATURATED_UTILISATION;
  return isBusy ? "the generator is at its end, and the server perhaps not" : null;
}

/** A generator that is late at a rate that is held has only made it harder to hold. */
function invalidReasons(steps: readonly SaturationStep[], one: LoadResult): string[] {
  const { tooHigh } = boundsOf(steps);
  const exhausted = exhaustedBy(steps, one);
  const atKnee = steps.flatMap(({ rate, offered, invalid }) => (rate === tooHigh && offered > 0 ? invalid : []));
  return [...new Set([...(exhausted === null ? [] : [exhausted]), ...atKnee])];
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
