// Converts a link's words (`rtt: 100ms, rate: 50mbit`) to its settings and finds contradictions
// between them, for scenario files and for `topology set`.

import type { Problem } from "../../lib/errors.ts";
import { contradictionsOf } from "../../lib/link/contradictions.ts";
import { type Direction, FIELD_BY_KEY, fieldOf, UNIMPAIRED } from "../../lib/link/direction.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import type { DraftLink, Words } from "./draft.ts";
import { RTT } from "./schema.ts";

/** The settings that a link's words mean; unreadable words count as not given. */
export function linkSettings(link: DraftLink): LinkSettings {
  const rtt = typeof link.both.rtt === "string" ? RTT.parse(link.both.rtt) : undefined;
  const halves = rtt === undefined ? {} : { delayMillis: rtt / 2 };
  const direction = (own: Words): Direction => ({
    ...UNIMPAIRED,
    ...halves,
    ...parseFields(link.both),
    ...parseFields(own),
  });
  const seed = typeof link.both.seed === "number" ? link.both.seed : null;
  return { forward: direction(link.forward), backward: direction(link.backward), seed };
}

/** The fields that the words mean. */
export function parseFields(words: Words): Partial<Direction> {
  const fields = [...FIELD_BY_KEY].flatMap(([key, name]) => {
    const word = words[key];
    const value = typeof word === "string" ? fieldOf(name).parse(word) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(fields) as Partial<Direction>;
}

/** Contradictions between the words of a link at `path` in the file. */
export function linkProblems(path: string, link: DraftLink): Problem[] {
  return [...delayBesideRtt(path, link), ...queuesWithoutRate(path, link), ...contradictions(path, link)];
}

/** The words of a link or of an event say a delay beside the rtt. */
export function delayBesideRtt(
  path: string,
  { both, forward, backward }: Pick<DraftLink, "both" | "forward" | "backward">,
): Problem[] {
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

/**
 * Each names the place in the file that has to change; the default queue derives its size from the
 * rate.
 */
function contradictions(path: string, link: DraftLink): Problem[] {
  if (!delaysAreKnown(link)) return [];
  const found = contradictionsOf(linkSettings(link)).map(({ side, key, ...problem }) => {
    const given = [key, ...(key === "queue" ? ["rate"] : [])].flatMap((word) => [
      ...(word in link[side] ? [`${side}.${word}`] : []),
      ...(word in link.both ? [word] : []),
    ]);
    return { path: `${path}.${given[0] ?? key}`, ...problem };
  });
  return found.filter((problem, index) => found.findIndex((other) => other.path === problem.path) === index);
}

function delaysAreKnown({ both, forward, backward }: DraftLink): boolean {
  const words = [both.rtt, both.delay, forward.delay, backward.delay].filter((word) => word !== undefined);
  return words.every((word) => typeof word === "string" && RTT.parse(word) !== undefined);
}
