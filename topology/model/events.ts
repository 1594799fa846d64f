// The events of a scenario: changes of its links at times from when they are played. Pure; the
// link's agent plays them (services/link/timeline).

import type { Problem } from "../../lib/errors.ts";
import { contradictionProblems } from "../../lib/link/contradictions.ts";
import { changedSettings, DIRECTIONS, type LinkChange, type LinkSettings } from "../../lib/link/link.ts";
import { parseRateTrace } from "../../lib/link/rate-trace.ts";
import { LEAST_APART_MILLIS } from "../../lib/link/timeline.ts";
import type { Draft, DraftEvent } from "./draft.ts";
import { linkSettings, parseFields } from "./link-settings.ts";
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
  return [...draft.links].flatMap(([link, words]) => playProblems(eventsOf(draft), link, linkSettings(words)));
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
  if (given.length === 1) return absent;
  const message = given.length === 0 ? "nothing happens" : `${given.join(" and ")} are given`;
  const allowed = "set, down with its duration, or trace with its file";
  return [...absent, { code: "E_CONFLICTING_KEYS", path, message, allowed }];
}

/**
 * Contradictions of a link's settings after each of its events, outages within others, and events
 * that are too close.
 */
export function playProblems(events: readonly TopologyEvent[], link: string, from: LinkSettings): Problem[] {
  let [settings, beforeMillis]: [LinkSettings, number] = [from, Number.NEGATIVE_INFINITY];
  return events
    .filter((event) => event.link === link)
    .flatMap(({ atMillis, change }) => {
      const path = `events at ${atMillis}ms of ${link}`;
      const isClose = atMillis - beforeMillis < LEAST_APART_MILLIS;
      const isDown = DIRECTIONS.some((side) => change[side]?.state === "down" && settings[side].state === "down");
      [settings, beforeMillis] = [changedSettings(settings, change), atMillis];
      const close: Problem = {
        code: "E_OUT_OF_RANGE",
        path,
        message: `it is less than ${LEAST_APART_MILLIS} ms after the one before`,
        allowed: `events of a link ${LEAST_APART_MILLIS} ms or more apart`,
      };
      const down: Problem = {
        code: "E_CONFLICTING_KEYS",
        path,
        message: "it takes down what is down already",
        allowed: "outages of a link one after the other",
      };
      return [...(isClose ? [close] : []), ...(isDown ? [down] : []), ...contradictionProblems(settings, `${path} `)];
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
