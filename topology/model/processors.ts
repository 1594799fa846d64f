// The processors of a host: a quota of their time (cpu.max, CFS bandwidth control), whole ones that
// it may run on (cpuset), or both. They differ: a host with half of the time has it in bursts on
// any processor, and waits for the rest of each 100 ms. Source: cgroups(7); docker-run's --cpus and
// --cpuset-cpus.

import { z } from "zod";
import type { Problem } from "../../lib/errors.ts";
import type { Words } from "./draft.ts";

export interface Processors {
  /** Processors' worth of time; null: no quota. */
  quota: number | null;
  /** The numbers of those that it may run on; null: all. */
  cores: readonly number[] | null;
}

const [LEAST, MOST] = [0.01, 1024];
const CORES = "^\\d{1,4}(-\\d{1,4})?(,\\d{1,4}(-\\d{1,4})?)*$";

export const PROCESSOR_RANGES = {
  cpus: `processors' worth of time, ${LEAST} to ${MOST}, such as 0.5`,
  cores: 'numbers and ranges of processors in quotes, such as "0" or "0-1,3"',
};

export const PROCESSOR_KEYS = {
  cpus: z.number().min(LEAST).max(MOST).describe(`A quota: ${PROCESSOR_RANGES.cpus}`).optional(),
  cores: z
    .string()
    .regex(new RegExp(CORES))
    .meta({ description: `Whole processors: ${PROCESSOR_RANGES.cores}`, pattern: CORES })
    .optional(),
};

/** Of a host's words that have passed the checks. */
export function processorsOf({ cpus, cores }: Words): Processors {
  return { quota: typeof cpus === "number" ? cpus : null, cores: typeof cores === "string" ? coresIn(cores) : null };
}

/** As `plan` and `status` show them; nothing where the host has all. */
export function processorOptions({ quota, cores }: Processors): Record<string, string> {
  return {
    ...(quota !== null && { cpus: String(quota) }),
    ...(cores !== null && { cores: cores.join(",") }),
  };
}

/** Conditions between the values of a host at that path. */
export function processorProblems(path: string, words: Words): Problem[] {
  const { cpus, cores } = words;
  if (typeof cores !== "string" || !new RegExp(CORES).test(cores)) return [];
  const falling = cores.split(",").filter((part) => (endsOf(part)[0] ?? 0) > (endsOf(part)[1] ?? 0));
  const problem = (key: string, message: string, allowed: string): Problem => ({
    code: "E_OUT_OF_RANGE",
    path: `${path}.${key}`,
    message,
    allowed,
  });
  if (falling.length > 0)
    return [problem("cores", `has falling ranges: ${falling.join(", ")}`, "ranges that rise, such as 0-1")];
  const { length } = coresIn(cores);
  if (typeof cpus !== "number" || cpus <= length) return [];
  return [problem("cpus", `${cpus} is more time than its cores have`, `at most ${length} beside cores ${cores}`)];
}

function coresIn(text: string): number[] {
  const numbers = text.split(",").flatMap((part) => {
    const [first, last] = endsOf(part);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
  return [...new Set(numbers)].sort((one, other) => one - other);
}

function endsOf(part: string): [first: number, last: number] {
  const [first = 0, last = first] = part.split("-").map(Number);
  return [first, last];
}
