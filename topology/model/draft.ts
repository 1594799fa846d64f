// A scenario file as far as it can be understood, so that conditions between values are checked
// even if some values are wrong, and every problem is listed at once. Parts of the wrong shape are
// left out; the schema has reported them.

import type { DirectionName } from "../../lib/link/link.ts";
import { type EventTrace, tracesOf } from "./traces.ts";

/** Words of one place of a link, by key, as they stand in the file. */
export type Words = Readonly<Record<string, unknown>>;

export interface DraftLink {
  between: [first: string, second: string] | undefined;
  /** Words for both directions, including `rtt` and `seed`. */
  both: Words;
  forward: Words;
  backward: Words;
}

export interface DraftHost {
  role: string | undefined;
  /** Whether it has one, of whatever kind. */
  hasRole: boolean;
  on: string | undefined;
  within: string | undefined;
  /** Whether it has a network or a host to be within, of whatever kind. */
  hasPlace: boolean;
  environment: Words;
  /** Words beside these. */
  options: Words;
}

export interface DraftEvent {
  at: string | undefined;
  link: string | undefined;
  set: Pick<DraftLink, "both" | "forward" | "backward"> | undefined;
  down: string | undefined;
  trace: Partial<Record<DirectionName, EventTrace>> | undefined;
}

export interface Draft {
  networks: Map<string, { subnet: string | undefined }>;
  mgmt: { subnet: string | undefined };
  hosts: Map<string, DraftHost>;
  links: Map<string, DraftLink>;
  ports: Map<string, unknown>;
  events: DraftEvent[];
}

/** The understandable part of a parsed file. */
export function draftOf(file: unknown): Draft {
  const { networks, mgmt, hosts, links, ports, events } = words(file);
  return {
    networks: mapValues(networks, ({ subnet }) => ({ subnet: textOf(subnet) })),
    mgmt: { subnet: textOf(words(mgmt).subnet) },
    hosts: mapValues(hosts, ({ role, on, within, environment, ...options }) => ({
      role: textOf(role),
      hasRole: role !== undefined,
      on: textOf(on),
      within: textOf(within),
      hasPlace: on !== undefined || within !== undefined,
      environment: words(environment),
      options,
    })),
    links: mapValues(links, ({ between, forward, backward, ...both }) => ({
      between: pairOf(between),
      both,
      forward: words(forward),
      backward: words(backward),
    })),
    ports: new Map(Object.entries(words(ports))),
    events: (Array.isArray(events) ? (events as unknown[]) : []).map((event) => {
      const { at, link, set, down, trace } = words(event);
      const { forward, backward, ...both } = words(set);
      const change = { both, forward: words(forward), backward: words(backward) };
      return {
        at: textOf(at),
        link: textOf(link),
        down: textOf(down),
        set: set === undefined ? undefined : change,
        trace: trace === undefined ? undefined : tracesOf(trace),
      };
    }),
  };
}

function mapValues<Value>(value: unknown, of: (value: Words) => Value): Map<string, Value> {
  return new Map(Object.entries(words(value)).map(([name, entry]) => [name, of(words(entry))]));
}

function words(value: unknown): Words {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Words) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Numbers and texts alike as texts. */
export function textsOf(values: Words): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function pairOf(value: unknown): [string, string] | undefined {
  return Array.isArray(value) && value.length === 2 && value.every((name) => typeof name === "string")
    ? (value as [string, string])
    : undefined;
}
