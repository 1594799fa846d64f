// A trace of a link's rate, from text: either times and rates (`0s,5mbit`), or mahimahi's format,
// in which each line is a millisecond at which one full packet may leave, and the last one the end.
// A trace is played once, where mm-link repeats it. Source: mahimahi's mm-link(1). A trace is
// checked whole.

import type { Problem } from "../errors.ts";
import { parseQuantity } from "../units.ts";
import { FRAME_BYTES } from "./queues/kind.ts";
import { rate } from "./rate.ts";
import { LONGEST_TIMELINE_MILLIS } from "./timeline.ts";

export interface RateStep {
  atMillis: number;
  rateBitsPerSecond: number;
}

/** Opportunities are counted over this time, and what is left at the end with the last of these. */
const WINDOW_MILLIS = 100;
/** The least that a link can have stands for none. */
const LEAST_BITS_PER_SECOND = 8000;

/** The steps of a trace, each another rate than the one before; or every problem of it. */
export function parseRateTrace(text: string): { steps: RateStep[]; problems: Problem[] } {
  const lines = text
    .split("\n")
    .map((line, index) => ({ line: index + 1, words: line.replace(/#.*/, "").trim() }))
    .filter(({ words }) => words !== "");
  if (lines.length === 0) return { steps: [], problems: [problemAt(1, "the trace is empty", "a line for each step")] };
  const isMahimahi = lines.every(({ words }) => !words.includes(","));
  const { read, allowed } = isMahimahi ? OPPORTUNITIES : RATES;
  let last = -1;
  const problems: Problem[] = [];
  const steps = lines.flatMap(({ line, words }): RateStep[] => {
    const step = read(words);
    if (step === undefined) {
      problems.push(problemAt(line, `"${words}" cannot be read`, allowed));
      return [];
    }
    if (step.atMillis < last || (!isMahimahi && step.atMillis === last)) {
      problems.push(problemAt(line, `${words} is not after the line before`, "times that rise"));
    }
    last = Math.max(last, step.atMillis);
    return [step];
  });
  if (problems.length > 0) return { steps: [], problems };
  const rates = isMahimahi ? windows(steps) : steps;
  const tooFast = rates.filter(({ rateBitsPerSecond }) => rate.parse(rate.format(rateBitsPerSecond)) === undefined);
  if (tooFast.length === 0) return { steps: changes(rates), problems };
  const lineAt = (millis: number) => lines.find(({ words }) => Number(words) >= millis)?.line ?? 1;
  return {
    steps: [],
    problems: tooFast.map(({ atMillis, rateBitsPerSecond }) =>
      problemAt(lineAt(atMillis), `from here on ${rate.format(rateBitsPerSecond)} may leave`, rate.range),
    ),
  };
}

interface Format {
  read(words: string): RateStep | undefined;
  allowed: string;
}

const RATES: Format = {
  allowed: "a time of up to a day and a rate of 8kbit to 10gbit, as in 1.5s,5mbit",
  read(words) {
    const [time = "", word = "", ...rest] = words.split(",");
    const atMillis = parseQuantity(time, "millis");
    const rateBitsPerSecond = rate.parse(word.trim());
    const isGood =
      atMillis !== undefined && atMillis <= LONGEST_TIMELINE_MILLIS && typeof rateBitsPerSecond === "number";
    return isGood && rest.length === 0 ? { atMillis, rateBitsPerSecond } : undefined;
  },
};

const OPPORTUNITIES: Format = {
  allowed: "a whole number of milliseconds, up to a day",
  read(words) {
    const atMillis = Number(words);
    return /^\d+$/.test(words) && atMillis <= LONGEST_TIMELINE_MILLIS ? { atMillis, rateBitsPerSecond: 0 } : undefined;
  },
};

/**
 * The rate of each window up to the last opportunity, which ends the trace; neighbours with few
 * opportunities are one window.
 */
function windows(opportunities: readonly RateStep[]): RateStep[] {
  const endMillis = Math.max(1, opportunities.at(-1)?.atMillis ?? 1);
  const counts = new Array<number>(Math.max(1, Math.floor(endMillis / WINDOW_MILLIS))).fill(0);
  for (const { atMillis } of opportunities) {
    const at = Math.min(counts.length - 1, Math.floor(atMillis / WINDOW_MILLIS));
    counts[at] = (counts[at] as number) + 1;
  }
  const each = counts.map((count, at): Window => {
    const fromMillis = at * WINDOW_MILLIS;
    return { fromMillis, millis: at === counts.length - 1 ? endMillis - fromMillis : WINDOW_MILLIS, count };
  });
  return each.reduce<Window[]>(joinFew, []).map(({ fromMillis, millis, count }) => {
    const bits = Math.round((count * FRAME_BYTES * 8000) / millis);
    return { atMillis: fromMillis, rateBitsPerSecond: Math.max(LEAST_BITS_PER_SECOND, bits) };
  });
}

interface Window {
  fromMillis: number;
  millis: number;
  /** Opportunities. */
  count: number;
}

/**
 * Each step of a rate lets up to a frame through beside it (queues/token-bucket.ts), so steps with
 * hardly any opportunities would add up to more than the trace has.
 */
const FEW = 5;
const LONGEST_JOINED_MILLIS = 1000;

function joinFew(before: Window[], window: Window): Window[] {
  const last = before.at(-1);
  const isFew = ({ count, millis }: Window) => count < (FEW * millis) / WINDOW_MILLIS;
  if (last === undefined || !isFew(last) || !isFew(window)) return [...before, window];
  const joined = { ...last, millis: last.millis + window.millis, count: last.count + window.count };
  return joined.millis > LONGEST_JOINED_MILLIS ? [...before, window] : [...before.slice(0, -1), joined];
}

function changes(steps: readonly RateStep[]): RateStep[] {
  return steps.filter((step, at) => step.rateBitsPerSecond !== steps[at - 1]?.rateBitsPerSecond);
}

function problemAt(line: number, message: string, allowed: string): Problem {
  return { code: "E_BAD_TRACE", path: `line ${line}`, line, message, allowed };
}
