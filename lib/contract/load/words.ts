// The command line of `load`: words of the form name=value, and the `run` request that they mean.

import { type Problem, RttlabError } from "../../errors.ts";
import { type Dimension, parseQuantity } from "../../units.ts";
import type { LoadRequest } from "./load.ts";
import { PAGE_PLANS } from "./load.ts";

interface Word {
  field: keyof LoadRequest;
  allowed: string;
  /**
   * The value of the request's field, or undefined if `text` is malformed. The service checks
   * ranges.
   */
  parse(text: string): unknown;
}

const WORDS: Readonly<Record<string, Word>> = {
  http: { field: "httpVersion", allowed: "1.0 or 1.1", parse: (text) => (/^1\.[01]$/.test(text) ? text : undefined) },
  path: { field: "path", allowed: "an absolute path, such as /files/10KiB", parse: (text) => text },
  target: { field: "target", allowed: "a host, with :port unless it is 80", parse: parseTarget },
  page: { field: "page", allowed: PAGE_PLANS.join(", "), parse: (text) => text },
  connections: { field: "connections", allowed: "a whole number from 1", parse: parseWhole },
  users: { field: "users", allowed: "a whole number from 1", parse: parseWhole },
  seconds: { field: "seconds", allowed: "seconds, such as 10", parse: parseDecimal },
  requests: { field: "requests", allowed: "a whole number from 1, instead of seconds", parse: parseWhole },
  warmup: { field: "warmupSeconds", allowed: "a time, such as 2s", parse: (text) => parseTime(text, 1000) },
  think: { field: "thinkMillis", allowed: "a time, such as 500ms", parse: (text) => parseTime(text, 1) },
  timeout: { field: "timeoutMillis", allowed: "a time, such as 30s", parse: (text) => parseTime(text, 1) },
  ending: { field: "ending", allowed: "wait or cut", parse: (text) => (/^(wait|cut)$/.test(text) ? text : undefined) },
  rtt: { field: "rttMillis", allowed: "a time, such as 100ms", parse: (text) => parseTime(text, 1) },
  seed: { field: "seed", allowed: "a whole number", parse: parseWhole },
};

export const USAGE = `Usage: load [name=value ...] [json] [--help]

Runs a closed-loop HTTP load from this host and prints what it saw.

  target=server     host to ask, by name or IPv4 address, with :port unless it is 80
  path=/            what to ask for: / or /files/1KiB, 10KiB, 100KiB, 1MiB, 10MiB
  http=1.1          1.0 opens a connection for every request, 1.1 keeps it
  page=1.1-serial   fetches the page at the path and the objects that it names, over connections of its own: 1.0-serial,
                    1.0-parallel (a connection an object), 1.1-serial, 1.1-pipelined, 1.1-parallel (kept connections)
  connections=4     of a parallel page
  users=1           how many users, each making one request after another
  seconds=10        for how long; or requests=N, for how many
  warmup=0s         time before, in which requests are made but not counted
  think=0ms         mean pause of a user between two requests (exponential)
  timeout=30s       from the beginning of a request to its last byte
  ending=wait       what becomes of requests under way when the seconds are over: wait for them, or cut them off
  rtt=100ms         round-trip time to count in; left out, of a probe before the users begin
  seed=1            of the think times
  json              the result as one JSON document (or --json)

Examples:
  load http=1.0 path=/files/10KiB users=1 seconds=10
  load page=1.1-parallel connections=4 path=/pages/nielsen.html requests=5
`;

/** The `run` request of the words. Throws E_USAGE with every problem. */
export function parseWords(words: readonly string[]): LoadRequest {
  const problems: Problem[] = [];
  const request: LoadRequest = { target: "server:80" };
  for (const text of words) {
    const at = text.indexOf("=");
    const name = at === -1 ? text : text.slice(0, at);
    const word = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
    if (word === undefined || at === -1) {
      const message = word === undefined ? "is not known here" : "needs a value, as in name=value";
      problems.push({ path: name, message, allowed: word?.allowed ?? Object.keys(WORDS).join(", ") });
      continue;
    }
    const value = word.parse(text.slice(at + 1));
    if (value === undefined) problems.push({ path: name, message: `cannot be read: ${text}`, allowed: word.allowed });
    else Object.assign(request, { [word.field]: value });
  }
  if (problems.length > 0)
    throw new RttlabError("E_USAGE", "reading the words of load: they are not all right", { problems });
  return "requests" in request ? request : { seconds: 10, ...request };
}

function parseTarget(text: string): string | undefined {
  if (text === "") return undefined;
  return text.includes(":") ? text : `${text}:80`;
}

function parseWhole(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function parseDecimal(text: string): number | undefined {
  return /^\d+(\.\d+)?s?$/.test(text) ? Number(text.replace("s", "")) : undefined;
}

function parseTime(text: string, millisPerUnit: number): number | undefined {
  const dimension: Dimension = "millis";
  const millis = parseQuantity(text, dimension);
  return millis === undefined ? undefined : millis / millisPerUnit;
}
