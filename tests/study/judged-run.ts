// Readings of a testbed before and after a run that counts, for tests that change a part of them.

import { UNIMPAIRED } from "../../lib/link/direction.ts";
import { judge } from "../../study/judge.ts";
import type { DirectionCount, Expectation, LinkSight, Reading } from "../../study/snapshot.ts";

export const none: DirectionCount = { received: 0, sent: 0, lost: 0, dropped: 0, marked: 0, missed: 0, held: 0 };

export const direction = { ...UNIMPAIRED, delayMillis: 50 };
export const settings = { forward: direction, backward: direction, seed: null };
const still: LinkSight = { forward: none, backward: none, settings, revision: "a", differences: [] };

export const expected: Expectation = {
  generator: "load-a",
  server: "server",
  beside: [],
  path: [{ name: "wan", outward: "forward", settings, settingsAfter: null }],
  outermost: (host) => (host === "inside" ? "server" : host),
  processorsOf: () => 1,
  isOverTcp: true,
  mayDrop: [],
  maySaturate: [],
};

/** Ten seconds in which 1,000 packets crossed each way. */
export function run(
  change: {
    forward?: Partial<DirectionCount>;
    link?: Partial<LinkSight>;
    hosts?: Record<string, { received: number; sent: number }>;
    cpu?: Record<string, number>;
    before?: Partial<LinkSight>;
    after?: Partial<Reading>;
  } = {},
) {
  const before: Reading = {
    atMillis: 0,
    links: { wan: { ...still, ...change.before } },
    packets: { "load-a": { received: 7, sent: 8 }, server: { received: 9, sent: 10 } },
    cpuSeconds: { "load-a": 5, server: 7, wan: 3 },
    memoryBytes: { "load-a": 60e6, server: 50e6, wan: 40e6 },
    carriedBytes: { "load-a": { received: 100, sent: 10 }, server: { received: 10, sent: 100 } },
    machine: { cores: 2, busySeconds: 0, softirqSeconds: 0 },
    tcp: { lossEvents: 3, timeouts: 1, resentSegments: 5 },
    rttMillis: 100.4,
  };
  const through = { ...none, received: 1000, sent: 1000 };
  const after: Reading = {
    ...before,
    atMillis: 10_000,
    links: { wan: { ...still, forward: { ...through, ...change.forward }, backward: through, ...change.link } },
    packets: {
      "load-a": { received: 1007, sent: 1008 },
      server: { received: 1009 + (change.forward?.sent ?? 1000) - 1000, sent: 1010 },
      ...change.hosts,
    },
    cpuSeconds: { "load-a": 6, server: 9, wan: 3.5, ...change.cpu },
    memoryBytes: { "load-a": 60e6, server: 55e6, wan: 40e6 },
    carriedBytes: { "load-a": { received: 1100, sent: 110 }, server: { received: 110, sent: 1100 } },
    machine: { cores: 2, busySeconds: 6, softirqSeconds: 1 },
    tcp: { lossEvents: 13, timeouts: 2, resentSegments: 25 },
    ...change.after,
  };
  return { before, after };
}

export function verdict(change: Parameters<typeof run>[0] = {}, allowed: Partial<Expectation> = {}) {
  const { before, after } = run(change);
  return judge(before, after, { ...expected, ...allowed });
}
