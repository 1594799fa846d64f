// The events of a scenario: changes of its links at times from when they are played. Pure; the
// link's agent plays them (services/link/timeline).

import { isDeepStrictEqual } from "node:util";
import type { Problem } from "../../lib/errors.ts";
import { capacityProblems, HOLDS_FRAMES } from "../../lib/link/capacity.ts";
import { contradictionProblems } from "../../lib/link/contradictions.ts";
import { changedSettings, DIRECTIONS, type LinkChange, type LinkSettings } from "../../lib/link/link.ts";
import { queue } from "../../lib/link/queues/table.ts";
import { parseRateTrace } from "../../lib/link/rate-trace.ts";
import { LEAST_APART_MILLIS, LONGEST_TIMELINE_MILLIS, MOST_STEPS } from "../../lib/link/timeline.ts";
import type { Draft, DraftEvent } from "./draft.ts";
import { delayBesideRtt, linkSettings, parseFields } from "./link-settings.ts";
import { EVENT_TIME, RTT } from "./schema.ts";
import type { TopologyEvent } from "./topology.ts";

/** In the order of their times; an outage is two, a trace one for each of its steps. */
export function eventsOf({ events }: Pick<Draft, "events">): TopologyEvent[] {
  return events
    .flatMap((event): TopologyEvent[] => {
      const atMillis = timeOf(event.at);
      if (atMillis === undefined || event.link === undefined) return [];
      const { link, trace } = event;
      if (trace !== undefined) return traceEvents(atMillis, link, trace);
      const downMillis = timeOf(event.down);
      if (downMillis === undefined) return [{ atMillis, link, change: changeOf(event) }];
      const both = (state: "up" | "down"): LinkChange => ({ forward: { state }, backward: { state } });
      return [
        { atMillis, link, change: both("down") },
        { atMillis: atMillis + downMillis, link, change: both("up") },
      ];
    })
    .sort((first, second) => first.atMillis - second.atMillis);
}

/** Steps of both directions at one time are one event. */
function traceEvents(atMillis: number, link: string, traces: NonNullable<DraftEvent["trace"]>): TopologyEvent[] {
  const steps = DIRECTIONS.flatMap((side) => {
    const trace = traces[side];
    if (trace === undefined) return [];
    return parseRateTrace(trace.text).steps.map((step) => ({ ...step, side }));
  });
  const { forward, backward } = traces;
  const isBoth = forward?.name === backward?.name && forward?.text === backward?.text;
  const named = DIRECTIONS.flatMap((side) =>
    traces[side] === undefined ? [] : [`${side} as in ${traces[side].name}`],
  );
  const trace = { as: isBoth ? `as in ${forward?.name}` : named.join(" and ") };
  return [...Map.groupBy(steps, (step) => step.atMillis)].map(([stepMillis, together]) => ({
    atMillis: atMillis + stepMillis,
    link,
    change: Object.fromEntries(together.map(({ side, rateBitsPerSecond }) => [side, { rateBitsPerSecond }])),
    trace,
  }));
}

/** Every problem between the events and the links; the shape has been checked. */
export function checkEvents(draft: Draft): Problem[] {
  const names = [...draft.links.keys()];
  const single = eventProblems(draft, names);
  if (single.length > 0) return single;
  const events = eventsOf(draft);
  // Which backend there will be is not known here: `play` refuses what it cannot hold.
  const limit = { holdsFrames: HOLDS_FRAMES.kernel };
  return [...draft.links].flatMap(([link, words]) => playProblems(events, link, linkSettings(words), limit));
}

/** Problems of each event by itself. */
export function eventProblems({ events }: Pick<Draft, "events">, links: readonly string[]): Problem[] {
  return events.flatMap((event, at) => problemsOfOne(event, `events[${at}]`, links));
}

function problemsOfOne({ link, set, down, trace }: DraftEvent, path: string, links: readonly string[]): Problem[] {
  const absent =
    link === undefined || links.includes(link)
      ? []
      : [
          {
            code: "E_NO_SUCH_LINK",
            path: `${path}.link`,
            message: `there is no link ${link}`,
            allowed: links.join(", "),
          },
        ];
  const given = Object.entries({ set, down, trace }).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  const wrong = [...absent, ...(set === undefined ? [] : setProblems(set, `${path}.set`))];
  if (given.length === 1) return wrong;
  const message = given.length === 0 ? "nothing happens" : `${given.join(" and ")} are given`;
  const allowed = "set, down with its duration, or trace with its file";
  return [...wrong, { code: "E_CONFLICTING_KEYS", path, message, allowed }];
}

function setProblems(set: NonNullable<DraftEvent["set"]>, path: string): Problem[] {
  const isEmpty = [set.both, set.forward, set.backward].every((words) => Object.keys(words).length === 0);
  const message = "nothing is given to set";
  return isEmpty ? [{ code: "E_MISSING_KEY", path, message, allowed: "words of a link" }] : delayBesideRtt(path, set);
}

/**
 * Contradictions of a link's settings after each of its events, and settings that its backend has
 * no memory for; outages within others; events that are too many, too late or too close.
 */
export function playProblems(
  events: readonly TopologyEvent[],
  link: string,
  from: LinkSettings,
  limit: { holdsFrames: number },
): Problem[] {
  const own = events.filter((event) => event.link === link);
  if (own.length > MOST_STEPS) return [tooMany(own.length, link)];
  let [settings, beforeMillis] = [from, Number.NEGATIVE_INFINITY];
  return own.flatMap(({ atMillis, change }) => {
    const path = `events at ${atMillis}ms of ${link}`;
    const [before, sinceMillis] = [settings, atMillis - beforeMillis];
    [settings, beforeMillis] = [changedSettings(settings, change), atMillis];
    return [
      ...timeProblems(atMillis, sinceMillis, path),
      ...outagesWithin(before, change, path),
      ...queuesWithoutRate(settings, change, path),
      ...contradictionProblems(settings, `${path} `),
      ...capacityProblems(settings, limit, path),
    ];
  });
}

function tooMany(steps: number, link: string): Problem {
  return {
    code: "E_OUT_OF_RANGE",
    path: `events of ${link}`,
    message: `they are ${steps} steps`,
    allowed: `at most ${MOST_STEPS} steps of a link, those of its traces among them`,
  };
}

function timeProblems(atMillis: number, sinceMillis: number, path: string): Problem[] {
  const close: Problem = {
    code: "E_OUT_OF_RANGE",
    path,
    message: `it is less than ${LEAST_APART_MILLIS} ms after the one before`,
    allowed: `events of a link ${LEAST_APART_MILLIS} ms or more apart`,
  };
  const late: Problem = {
    code: "E_OUT_OF_RANGE",
    path,
    message: "it is later than a day after the start",
    allowed: `outages and traces that end by ${LONGEST_TIMELINE_MILLIS / 1000} s`,
  };
  return [...(sinceMillis < LEAST_APART_MILLIS ? [close] : []), ...(atMillis > LONGEST_TIMELINE_MILLIS ? [late] : [])];
}

function outagesWithin(before: LinkSettings, change: LinkChange, path: string): Problem[] {
  const isDown = DIRECTIONS.some((side) => change[side]?.state === "down" && before[side].state === "down");
  const message = "it takes down what is down already";
  return isDown
    ? [{ code: "E_CONFLICTING_KEYS", path, message, allowed: "outages of a link one after the other" }]
    : [];
}

/** A queue that is given for both directions needs a rate in one of them, as in a link's words. */
function queuesWithoutRate(after: LinkSettings, change: LinkChange, path: string): Problem[] {
  const rated = DIRECTIONS.filter((side) => after[side].rateBitsPerSecond !== null);
  return DIRECTIONS.flatMap((side) => {
    const given = change[side]?.queue;
    if (given === undefined || rated.includes(side)) return [];
    if (rated.some((other) => isDeepStrictEqual(change[other]?.queue, given))) return [];
    return [
      {
        code: "E_QUEUE_WITHOUT_RATE",
        path: `${path} ${side} queue`,
        message: `a queue of ${queue.format(given)} is given, but the rate is unlimited then, so nothing ever queues`,
        allowed: "a queue beside a rate",
      },
    ];
  });
}

function changeOf({ set }: DraftEvent): LinkChange {
  const { both = {}, forward = {}, backward = {} } = set ?? {};
  const rtt = typeof both.rtt === "string" ? RTT.parse(both.rtt) : undefined;
  const own = { forward, backward };
  const sides = DIRECTIONS.map((side) => {
    const halves = rtt === undefined ? {} : { delayMillis: rtt / 2 };
    return [side, { ...halves, ...parseFields(both), ...parseFields(own[side]) }] as const;
  });
  return Object.fromEntries(sides);
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : EVENT_TIME.parse(text);
}
