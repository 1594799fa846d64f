// netem's words and its expected report, made from the same parts. Several fields may share an
// option: delay and jitter are both words of `delay`. Source: tc-netem(8); q_netem.c of iproute2
// for the names in the report.

import type { Qdisc } from "./qdisc.ts";

/**
 * A field's contribution: words after an option, in the order of the table, and its share of the
 * report.
 */
export interface NetemPart {
  /** `delay`, `loss`, `rate`, `reorder`, … */
  option: string;
  words: readonly string[];
  report: Readonly<Record<string, unknown>>;
}

/**
 * A netem of these parts. `limitPackets` counts all packets that it holds, including those on their
 * way. `seed` null omits the seed, for a kernel that takes none (before 6.6).
 */
export function netem(parts: readonly NetemPart[], limitPackets: number, seed: number | null): Qdisc {
  const options = [...new Set(parts.map(({ option }) => option))];
  const words = options.flatMap((option) => [
    option,
    ...parts.filter((part) => part.option === option).flatMap((part) => part.words),
  ]);
  return {
    kind: "netem",
    words: ["limit", String(limitPackets), ...words, ...(seed === null ? [] : ["seed", String(seed)])],
    report: parts
      .map(({ report }) => report)
      .reduce(merge, { limit: limitPackets, ...(seed === null ? {} : { seed }) }),
  };
}

type Report = Readonly<Record<string, unknown>>;

/** Merges nested maps; of two other values, the later one wins. */
function merge(first: Report, second: Report): Report {
  const joined = Object.entries(second).map(([key, value]) => {
    const other = first[key];
    return [key, isMap(value) && isMap(other) ? merge(other, value) : value];
  });
  return { ...first, ...Object.fromEntries(joined) };
}

function isMap(value: unknown): value is Report {
  return typeof value === "object" && value !== null;
}
