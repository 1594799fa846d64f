// A link's words (`rtt: 100ms, rate: 50mbit`) to its settings, and what cannot hold between them.
// Shared by scenario files and by `topology set`.

import type { Problem } from "../../lib/errors.ts";
import type { Impairment } from "../../lib/impairment/impairment.ts";
import { queueProblem } from "../../lib/impairment/queue-problem.ts";
import { type Direction, IMPAIRMENTS, UNIMPAIRED } from "../../lib/impairment/table.ts";
import { type LinkSettings, rttMillis } from "../../lib/link.ts";
import type { DraftLink, Words } from "./draft.ts";
import { parseRtt } from "./schema.ts";

export const DIRECTIONS = ["forward", "backward"] as const;
export type DirectionName = (typeof DIRECTIONS)[number];

/** Each impairment with the field of Direction that holds it, by its word in files. */
export const IMPAIRMENT_BY_KEY: ReadonlyMap<string, { field: keyof Direction; impairment: Impairment<unknown> }> =
  new Map(
    (Object.keys(IMPAIRMENTS) as (keyof Direction)[]).map((field) => [
      IMPAIRMENTS[field].key,
      { field, impairment: IMPAIRMENTS[field] as Impairment<unknown> },
    ]),
  );

/** The settings that a link's words stand for; words that cannot be read count as not given. */
export function linkSettings(link: DraftLink): LinkSettings {
  const rtt = typeof link.both.rtt === "string" ? parseRtt(link.both.rtt) : undefined;
  const halves = rtt === undefined ? {} : { delayMillis: rtt / 2 };
  const direction = (own: Words): Direction => ({
    ...UNIMPAIRED,
    ...halves,
    ...parseImpairments(link.both),
    ...parseImpairments(own),
  });
  const seed = typeof link.both.seed === "number" ? link.both.seed : null;
  return { forward: direction(link.forward), backward: direction(link.backward), seed };
}

/** The fields that the words stand for. */
export function parseImpairments(words: Words): Partial<Direction> {
  const fields = [...IMPAIRMENT_BY_KEY].flatMap(([key, { field, impairment }]) => {
    const word = words[key];
    const value = typeof word === "string" ? impairment.parse(word) : undefined;
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(fields) as Partial<Direction>;
}

/** What cannot hold between the words of a link whose place in the file is `path`. */
export function linkProblems(path: string, link: DraftLink): Problem[] {
  return [...conflicts(path, link), ...queuesWithoutRate(path, link), ...queueSizes(path, link)];
}

function conflicts(path: string, { both, forward, backward }: DraftLink): Problem[] {
  if (!("rtt" in both)) return [];
  const delays = [
    ["delay", both],
    ["forward.delay", forward],
    ["backward.delay", backward],
  ] as const;
  return delays
    .filter(([, words]) => "delay" in words)
    .map(([key, words]) => ({
      code: "E_CONFLICTING_KEYS",
      path: `${path}.${key}`,
      message: `delay ${words.delay} is given beside rtt ${both.rtt}`,
      allowed: "either rtt, which is half the delay each way, or delay",
    }));
}

function queuesWithoutRate(path: string, link: DraftLink): Problem[] {
  const rated = (words: Words) => "rate" in words && words.rate !== "unlimited";
  const limited = (own: Words) => ("rate" in own ? rated(own) : rated(link.both));
  const without = [
    ["queue", link.both, limited(link.forward) || limited(link.backward)],
    ["forward.queue", link.forward, limited(link.forward)],
    ["backward.queue", link.backward, limited(link.backward)],
  ] as const;
  return without
    .filter(([, words, hasRate]) => "queue" in words && !hasRate)
    .map(([key, words]) => ({
      code: "E_QUEUE_WITHOUT_RATE",
      path: `${path}.${key}`,
      message: `a queue of ${words.queue} is given, but the rate is unlimited, so nothing ever queues`,
      allowed: "a queue beside a rate",
    }));
}

function queueSizes(path: string, link: DraftLink): Problem[] {
  if (!delaysAreKnown(link)) return [];
  const settings = linkSettings(link);
  const found = DIRECTIONS.flatMap((side) => {
    const problem = queueProblem(settings[side], rttMillis(settings));
    const key =
      "queue" in link[side]
        ? `${side}.queue`
        : "queue" in link.both
          ? "queue"
          : "rate" in link.both
            ? "rate"
            : `${side}.rate`;
    return problem === undefined ? [] : [{ path: `${path}.${key}`, ...problem }];
  });
  return found.filter((problem, index) => found.findIndex((other) => other.path === problem.path) === index);
}

function delaysAreKnown({ both, forward, backward }: DraftLink): boolean {
  const words = [both.rtt, both.delay, forward.delay, backward.delay].filter((word) => word !== undefined);
  return words.every((word) => typeof word === "string" && parseRtt(word) !== undefined);
}
