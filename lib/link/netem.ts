// netem's words and the report that it must give, made from the same parts. Several fields may share one option:
// delay and jitter are both words of `delay`. Source: tc-netem(8); q_netem.c of iproute2 for the names in the report.

import type { Qdisc } from "./qdisc.ts";

/** What one field adds: words behind an option, in the order of the table, and its share of the report. */
export interface NetemPart {
  /** `delay`, `loss`, `rate`, `reorder`, … */
  option: string;
  words: readonly string[];
  report: Readonly<Record<string, unknown>>;
}

/**
 * A netem of these parts. `limitPackets` counts all packets that it holds, those on their way among them.
 * `seed` null leaves the seed to the kernel, for one that takes none (before 6.6).
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

/** Maps are joined; of two values that are none, the later one holds. */
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
