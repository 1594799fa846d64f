// The command line of `load`: words of the form name=value, and the `run` request that they mean.

import { either, inUnits, number, type TextKind, text, truth, whole } from "../../fields/kinds.ts";
import { readObject, readText, unknownName } from "../../fields/read.ts";
import type { Levels, LoadRequest, LoadSettings } from "./load.ts";
import { ownWords, refuseWords } from "./other-words.ts";
import { ALLOWED_POPULARITY, type Popularity, parsePopularity, pathsIn } from "./popularity.ts";
import { LOAD_FIELDS } from "./settings.ts";
import { ALLOWED_SIZES, parseSizes } from "./sizes.ts";

/** A word gives a value that can be read. The service checks all ranges together. */
interface Word extends TextKind<unknown> {
  field: keyof LoadSettings | "popularity";
}

const TIME = "a time, such as 500ms or 2s";
const WHOLE = whole(0, Number.MAX_SAFE_INTEGER);
const NUMBER = number(0, Number.MAX_VALUE);

const WORDS: Readonly<Record<string, Word>> = {
  target: { field: "target", allowed: "a host, with :port unless it is 80", parse: parseTarget },
  protocol: choice("protocol"),
  path: { ...text(), ...rangeOf("path") },
  popularity: { field: "popularity", allowed: ALLOWED_POPULARITY, parse: parsePopularity },
  size: { field: "size", allowed: ALLOWED_SIZES, parse: parseSizes },
  http: choice("httpVersion"),
  method: choice("method"),
  connection: choice("connection"),
  users: levels("users", "1..50 for a ramp, or 1,10,50 for steps"),
  rate: levels("rate", "requests a second; 10..500 for a ramp, or 100,200 for steps"),
  arrivals: choice("arrivals"),
  connections: { ...WHOLE, ...rangeOf("connections") },
  backlog: { ...WHOLE, ...rangeOf("backlog") },
  pipeline: { ...WHOLE, ...rangeOf("pipeline") },
  reuse: { ...WHOLE, ...rangeOf("requestsPerConnection") },
  page: choice("page"),
  seconds: { field: "seconds", ...seconds("seconds, such as 10") },
  requests: { ...WHOLE, ...rangeOf("requests") },
  warmup: { field: "warmupSeconds", ...seconds(TIME) },
  cooldown: { field: "cooldownSeconds", ...seconds(TIME) },
  think: { field: "thinkMillis", ...inUnits(NUMBER, "millis", TIME) },
  thinking: choice("thinking"),
  timeout: { field: "timeoutMillis", ...inUnits(NUMBER, "millis", TIME) },
  leaving: choice("leaving"),
  linger: { field: "lingerMillis", ...inUnits(NUMBER, "millis", TIME) },
  retry: { field: "retry", ...truth("yes", "no") },
  ending: choice("ending"),
  expect: { field: "expected", allowed: "bytes of the body, or its SHA-256 in hexadecimal", parse: parseExpected },
  rtt: { field: "rttMillis", ...inUnits(NUMBER, "millis", TIME) },
  seed: { ...WHOLE, ...rangeOf("seed") },
  threads: { ...WHOLE, ...rangeOf("threads") },
};

/** Those that the command takes before it reads the others. */
const OTHERS = ["replay", "speed", "find", "json"];

const WORD_OF = new Map<string, string>([
  ...Object.entries(WORDS).map(([name, { field }]) => [field, name] as const),
  ["levels", "users, rate"],
  ["paths", "path"],
]);

/** The word by which a setting is given; a setting without one has its own name. */
export function wordOf(setting: string): string {
  return WORD_OF.get(setting) ?? setting;
}

/** The values that each word may have. */
export const ALLOWED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(WORDS).map(([name, { allowed }]) => [name, allowed]),
);

function rangeOf<Name extends keyof LoadSettings>(field: Name) {
  return { field, allowed: LOAD_FIELDS[field].allowed };
}

/** A word of a few values. */
function choice(field: keyof LoadSettings): Word {
  return { field, ...(LOAD_FIELDS[field] as TextKind<unknown>) };
}

/** Seconds, or a time with its unit. */
function seconds(allowed: string): TextKind<number> {
  return { ...either(NUMBER, inUnits(NUMBER, "millis", allowed, 1000)), allowed };
}

/** A number, `1..50`, or `1,10,50`. */
function levels(field: "users" | "rate", how: string): Word {
  return { field, allowed: `${LOAD_FIELDS[field].allowed}; ${how}`, parse: parseLevels };
}

export const USAGE = `Usage: load [name=value ...] [json] [--help]

Loads a server with HTTP requests and prints what it saw. Without rate the load is closed: each user
waits for an answer before the next request. With rate it is open: requests come when they are due.

  target=server     host to ask, by name or IPv4 address, with :port unless it is 80
  protocol=http     or echo: messages of size=64 bytes, which come back as they are
  path=/            what to ask for: / or /files/1KiB, 10KiB, 100KiB, 1MiB, 10MiB; several: path=/a path=/b,
                    or path=/pages/3KiB/{1..42}.bin
  popularity=uniform  of several paths; zipf:0.8 gives the path of rank r a weight of 1/r^0.8
  size=10KiB        bytes asked for, from the file's first on; from a distribution with size=lognormal:9.357,1.318
                    and a tail, size=lognormal:9.357,1.318+pareto:1.1,133kB+most:10MiB
  http=1.1          1.0 opens a connection for every request, 1.1 keeps it
  method=GET        or HEAD
  connection=close  the Connection field sent; keep-alive with http=1.0 keeps connections

  users=1           how many users; users=1..50 is a ramp, users=1,10,50 are steps of equal length
  think=0ms         mean pause of a user between two requests
  thinking=exponential   or fixed
  page=1.1-serial   fetches the page at the path and the objects that it names, over connections of its own: 1.0-serial,
                    1.0-parallel (a connection an object), 1.1-serial, 1.1-pipelined, 1.1-parallel (kept connections)

  rate=100          requests a second; rate=10..500 is a ramp, rate=100,200,400 are steps of equal length
  arrivals=constant or poisson
  replay=FILE       the requests of an access log in the Common Log Format, or of lines such as 1.5 /path, at their times;
                    once, if neither seconds nor requests are given; - reads standard input
  speed=1           of the replay: 2 is twice as fast
  backlog=10000     requests that may wait for a free connection; any more are dropped

  connections=1000  of an open load, at most; of a parallel page (4)
  pipeline=1        requests on a connection before the first is answered
  reuse=100         requests on a connection before it is left
  leaving=close     how a kept connection is left: closed, after linger=2s, or by the server (leaving=server)
  retry=no          yes: a request that a close left without an answer is made once more

  seconds=10        for how long; or requests=N, for how many
  warmup=0s         time before, in which requests are made but not counted; cooldown=0s, the same after
  timeout=30s       from the intended start of a request to its last byte
  ending=wait       what becomes of requests under way when the seconds are over: wait for them, or cut them off
  expect=1024       bytes of every body, or its SHA-256; anything else counts as wrong
  rtt=100ms         round-trip time to count in; left out, of a probe before the load begins
  find=saturation   searches for the rate that the server just holds, by open loads of 2 s; seconds are those of each
  threads=1         that make the load together
  seed=1            of everything that is drawn
  json              the result as one JSON document (or --json)

Words of wrk, ab, hey, h2load and autocannon are understood where they mean the same: -c 32 (users), -d 10s, -n 1000,
-t 2 (threads, not ab's seconds), -R or --rate 500, -p 16 (pipeline), and an address such as http://server/files/1KiB.

Examples:
  load http=1.0 path=/files/10KiB users=1 seconds=10
  load rate=200 arrivals=poisson path=/files/1KiB seconds=10
  load users=32 pipeline=16 path=/files/1KiB seconds=5
  load page=1.1-parallel connections=4 path=/pages/nielsen.html requests=5
  load -c 8 -d 5s http://server/files/1KiB
`;

/** The `run` request of the words. Throws E_USAGE with every problem. */
export function parseWords(words: readonly string[]): LoadRequest {
  const { words: own, problems } = ownWords(words);
  const request: LoadRequest = { target: "server:80" };
  let popularity: Popularity | null = null;
  const paths: string[] = [];
  for (const given of own) {
    const [name = "", ...values] = given.split("=");
    const text = values.join("=");
    const word = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
    if (word === undefined) {
      problems.push(unknownName(name, [...Object.keys(WORDS), ...OTHERS]));
      continue;
    }
    if (text === "") {
      problems.push({ path: name, message: "needs a value, as in name=value", allowed: word.allowed });
      continue;
    }
    const read = readText(word, name, text);
    if ("problem" in read) problems.push(read.problem);
    else if (name === "popularity") popularity = read.value as Popularity;
    else if (isLevels(read.value))
      Object.assign(request, { levels: read.value, [word.field]: Math.max(...read.value.values) });
    else Object.assign(request, { [word.field]: read.value });
    if (name === "path") paths.push(...pathsIn(text));
  }
  if (popularity !== null && paths.length < 2)
    problems.push({ path: "popularity", message: "is of several paths", allowed: "path=/a path=/b, or path=/{1..9}" });
  // The service refuses values out of range; beside words that it never sees, they are listed here.
  const ranges = problems.length > 0 ? readObject(LOAD_FIELDS, request).problems : [];
  problems.push(...ranges.map((problem) => ({ ...problem, path: wordOf(problem.path) })));
  refuseWords(problems);
  Object.assign(request, pathsOf(paths, popularity ?? (() => 1)));
  return "requests" in request ? request : { seconds: 10, ...request };
}

/** The first path stands for all in what is printed. */
function pathsOf(paths: readonly string[], weightOf: Popularity): Pick<LoadRequest, "path" | "paths"> {
  const [path] = paths;
  if (path === undefined || paths.length === 1) return path === undefined ? {} : { path };
  const entries = paths.map((path, index) => ({ path, weight: weightOf(index + 1) }));
  return { path, paths: { order: "chosen", entries } };
}

function parseTarget(text: string): string {
  return text.includes(":") ? text : `${text}:80`;
}

function parseLevels(text: string): number | Levels | undefined {
  const [separator, course] = text.includes("..") ? (["..", "ramp"] as const) : ([",", "steps"] as const);
  const values = text.split(separator).map((part) => NUMBER.parse(part) ?? Number.NaN);
  if (values.some(Number.isNaN)) return undefined;
  return values.length === 1 ? values[0] : { course, values };
}

function isLevels(value: unknown): value is Levels {
  return typeof value === "object" && value !== null && "course" in value;
}

function parseExpected(text: string): LoadRequest["expected"] | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return { bytes: null, sha256: text.toLowerCase() };
  return /^\d+$/.test(text) ? { bytes: Number(text), sha256: null } : undefined;
}
