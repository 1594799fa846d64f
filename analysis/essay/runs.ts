// The runs of docs/reports/structures as the essay needs them: the means of a cell's runs with
// their 95 % intervals. The file is what `study export` makes (analysis/csv.ts).

import { RttlabError } from "../../lib/errors.ts";
import type { Estimate } from "../stats/estimate.ts";
import { meanWithInterval } from "../stats/mean-interval.ts";

export interface Place {
  structure: string;
  users: number;
  sizeBytes: number;
}

export type Quantity = "rate" | "bytes" | "response" | "first" | "busy" | "cpu" | "generator" | "memory";

type Row = Readonly<Record<string, string>>;

/**
 * A quantity of a run. Processor time is read a little before and after the load, so it is divided
 * by the requests and not by the time between.
 */
const OF_RUN: Readonly<Record<Quantity, (number: (column: string) => number) => number>> = {
  rate: (of) => of("requestsPerSecond [1/s]"),
  bytes: (of) => of("goodputBitsPerSecond [bit/s]") / 8,
  response: (of) => of("meanRequestSeconds [s]"),
  first: (of) => of("firstByteSeconds [s]"),
  busy: (of) => (of("serverCpuSeconds [s]") / of("requests [1]")) * of("requestsPerSecond [1/s]"),
  cpu: (of) => of("serverCpuSeconds [s]") / of("requests [1]"),
  generator: (of) => (of("generatorCpuSeconds [s]") / of("requests [1]")) * of("requestsPerSecond [1/s]"),
  memory: (of) => of("serverMemoryBytes [bytes]"),
};

export type Runs = ReadonlyMap<string, readonly Row[]>;

/** Runs that count, by cell. */
export function readRuns(csv: string): Runs {
  const [head = "", ...lines] = csv.trim().split(/\r?\n/);
  const columns = fieldsOf(head);
  const rows = lines.map((line): Row => {
    const fields = fieldsOf(line);
    if (fields.length !== columns.length) throw fault(`a line has ${fields.length} fields: ${line.slice(0, 60)}`);
    return Object.fromEntries(columns.map((column, at) => [column, fields[at] as string]));
  });
  const counted = rows.filter((row) => row.void === "");
  return Map.groupBy(counted, (row) => nameOf(placeIn(row)));
}

/** Of a line by RFC 4180; none of the file holds a line's end. */
function fieldsOf(line: string): string[] {
  const fields = line.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^,]*))(?=,|$)/g);
  return [...fields].map(([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain);
}

export function placesOf(runs: Runs): Place[] {
  return [...runs.values()].map(([first]) => placeIn(first as Row));
}

/** How many users there were, the fewest first. */
export function usersOf(runs: Runs): number[] {
  return [...new Set(placesOf(runs).map(({ users }) => users))].sort((one, other) => one - other);
}

export function measured(runs: Runs, quantity: Quantity, place: Place): Estimate {
  return meanWithInterval(valuesOf(runs, quantity, place));
}

/** By run. */
export function valuesOf(runs: Runs, quantity: Quantity, place: Place): number[] {
  const rows = runs.get(nameOf(place));
  if (rows === undefined) throw fault(`no run of ${nameOf(place)}`);
  return rows.map((row) => OF_RUN[quantity]((column) => Number(row[column])));
}

function placeIn(row: Row): Place {
  const { structure = "", users } = row;
  return { structure, users: Number(users), sizeBytes: Number(row["size [bytes]"]) };
}

function nameOf({ structure, users, sizeBytes }: Place): string {
  return `${structure} ${users} ${sizeBytes}`;
}

function fault(reason: string): RttlabError {
  return new RttlabError("E_BAD_RESULTS", `reading the essay's runs: ${reason}`);
}
