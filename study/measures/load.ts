// A load of HTTP requests by a load generator. Times are of requests, rates of the window.

import { checkLittle, type LawCheck } from "../../analysis/models/operational-laws.ts";
import type { LatencySummary, LoadRequest, LoadResult } from "../../lib/contract/load/load.ts";
import { REPLAY_WORDS, readLoad } from "../../lib/contract/load/replay.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { ALLOWED, wordOf } from "../../lib/contract/load/words.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import type { Settings } from "../file/study.ts";
import type { MeasureKind } from "./measure.ts";

/** Those of `load`, but what a study says itself: its seed, and the path's round trip. */
const { seed: _, rtt: __, ...WORDS } = { ...ALLOWED, ...REPLAY_WORDS };

/** A record is read for each run again. */
const NO_INPUT = { code: "E_BAD_VALUE", message: "reads standard input, which a study has not", allowed: "a file" };

export const load: MeasureKind<"loadgen.run"> = {
  kind: "load",
  operation: "loadgen.run",
  role: "loadgen",
  words: WORDS,
  repeats: "requests",
  quantities: [
    { name: "pageSeconds", unit: "s", meaning: "median time of a page, all of its objects included" },
    { name: "requestSeconds", unit: "s", meaning: "median time of a request, connecting included" },
    { name: "meanRequestSeconds", unit: "s", meaning: "mean time of a request, connecting included" },
    { name: "firstByteSeconds", unit: "s", meaning: "median time from request to first byte" },
    { name: "connectSeconds", unit: "s", meaning: "median time of the TCP handshake" },
    { name: "requestsPerSecond", unit: "1/s", meaning: "requests completed in the window" },
    { name: "goodputBitsPerSecond", unit: "bit/s", meaning: "bits of bodies that arrived in the window" },
    { name: "requests", unit: "1", meaning: "requests completed" },
    { name: "allRequests", unit: "1", meaning: "requests completed, those of the warm-up and the cool-down too" },
    { name: "pages", unit: "1", meaning: "pages completed" },
    { name: "droppedRequests", unit: "1", meaning: "requests of an open load for which no connection became free" },
    { name: "connections", unit: "1", meaning: "connections opened in the window" },
  ],
  problems(words) {
    if (words.replay === "-") return [{ ...NO_INPUT, path: "replay" }];
    return problemsOf(() => requestOf(words, 1));
  },
  request: requestOf,
  values(result) {
    const { pages, completedPerSecond, goodputBitsPerSecond, completed, dropped, connections } = result;
    return known({
      ...timesOf(result),
      requestsPerSecond: completedPerSecond,
      goodputBitsPerSecond,
      requests: completed,
      allRequests: result.seconds.reduce((sum, second) => sum + second.completed, 0),
      pages: pages === null ? null : pages.completed,
      droppedRequests: dropped,
      connections,
    });
  },
  histograms({ settings, latencies, pages }) {
    if (settings.ending === "cut") return {};
    const { total, firstByte } = latencies;
    const whole = [
      ["pageSeconds", pages?.latency.histogram],
      ["requestSeconds", total.histogram],
      ["firstByteSeconds", firstByte.histogram],
    ] as const;
    return Object.fromEntries(whole.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
  },
  fault(result) {
    const { completed, failed, failures } = result;
    if (failed > 0) {
      const kinds = Object.entries(failures).flatMap(([kind, count]) => (count > 0 ? [`${count} ${kind}`] : []));
      return `${failed} of ${completed + failed} requests failed: ${kinds.join(", ")}`;
    }
    if (completed === 0) return "no request was completed";
    const little = littleOf(result);
    if (little?.holds === false) {
      const [asked, found] = [little.measured, Number(little.expected.toPrecision(3))];
      return `Little's law does not hold: rate and times make ${found} users of ${asked}`;
    }
    return null;
  },
  ownFault({ invalid }) {
    return invalid.length > 0 ? `the result is the load generator's own: ${invalid.join("; ")}` : null;
  },
  spunSeconds: ({ generator }) => generator.spunSeconds,
};

/**
 * None of a load that ends by cutting off: the slow ones are those that it cuts off, and how long
 * they would have taken is unknown. A run with few of them has none either, or a cell's mean would
 * be that of its calm runs.
 */
function timesOf({ settings, latencies, pages }: LoadResult): Record<string, number | null> {
  if (settings.ending === "cut") return {};
  const seconds = (micros: number | null) => (micros === null ? null : micros / 1e6);
  const median = (of: LatencySummary) => seconds(of.p50Micros);
  return {
    pageSeconds: pages === null ? null : median(pages.latency),
    requestSeconds: median(latencies.total),
    meanRequestSeconds: seconds(latencies.total.meanMicros),
    firstByteSeconds: median(latencies.firstByte),
    connectSeconds: median(latencies.connect),
  };
}

function requestOf(words: Settings, seed: number): LoadRequest {
  // A given round-trip time saves the probe; a study has its own pings and does not count in round
  // trips.
  return { ...readLoad(givenWords(words)), seed, rttMillis: 1, histograms: true };
}

/** The words as a command line has them. */
export function givenWords(words: Settings): string[] {
  return Object.entries(words).map(([word, text]) => `${word}=${text}`);
}

/** Every problem of the words that a request is made of. */
export function problemsOf(request: () => LoadRequest): Problem[] {
  try {
    parseSettings(request(), wordOf);
    return [];
  } catch (error) {
    if (!(error instanceof RttlabError)) throw error;
    return error.problems.map((problem): Problem => ({ ...problem, code: problem.code ?? "E_BAD_VALUE" }));
  }
}

/** Without those that a run did not yield. */
export function known(values: Readonly<Record<string, number | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** A user takes some tenths of a millisecond from an answer to the next wish. */
const BETWEEN_SECONDS = 0.002;

/**
 * Of a closed load that stays the same and whose requests or pages all ended. Pauses that are drawn
 * are known on average alone, so only a load with fixed ones, or none, is checked.
 */
function littleOf(result: LoadResult): LawCheck | null {
  const { settings, failed, cut, completed, completedPerSecond, latencies, pages, windowSeconds } = result;
  const { rate, levels, pipeline, seconds, thinkMillis, thinking } = settings;
  const isSteady = rate === null && levels === null && pipeline === 1;
  const isKnown = thinkMillis === 0 || thinking === "fixed";
  if (!isSteady || !isKnown || failed > 0 || cut > 0) return null;
  // The law is of the others: whoever waits for a worker all along is in neither rate nor times.
  const users = settings.users - (pages ?? result).spanning;
  const [count, perSecond, { meanMicros }] =
    pages === null
      ? [completed, completedPerSecond, latencies.total]
      : [pages.completed, pages.completed / windowSeconds, pages.latency];
  if (meanMicros === null) return null;
  // The window of so many requests ends with the last one, when the other users have ended.
  const cutUsers = seconds === null ? users - 1 : users;
  // So many requests end without the pause after each user's last one.
  const pauses = seconds === null ? Math.max(0, 1 - users / count) : 1;
  const [responseSeconds, thinkSeconds] = [meanMicros / 1e6, (pauses * thinkMillis) / 1000];
  return checkLittle({
    users,
    cutUsers,
    requests: count,
    perSecond,
    responseSeconds,
    thinkSeconds,
    betweenSeconds: BETWEEN_SECONDS,
  });
}
