// The command line of `load`: words of the form name=value, and the `run` request that they mean.

import { RttlabError } from "../../errors.ts";
import { parseQuantity } from "../../units.ts";
import { type Levels, type LoadRequest, PAGE_PLANS } from "./load.ts";
import { ownWords } from "./other-words.ts";
import { ALLOWED_POPULARITY, type Popularity, parsePopularity, pathsIn } from "./popularity.ts";
import { ALLOWED_SIZES, parseSizes } from "./sizes.ts";

interface Word {
  field: keyof LoadRequest | "popularity";
  allowed: string;
  /**
   * The value of the request's field, or undefined if `text` is malformed. The service checks
   * ranges.
   */
  parse(text: string): unknown;
}

const TIME = "a time, such as 500ms or 2s";
const WHOLE = "a whole number from 1";

const WORDS: Readonly<Record<string, Word>> = {
  target: { field: "target", allowed: "a host, with :port unless it is 80", parse: parseTarget },
  protocol: choice("protocol", "http", "echo"),
  path: { field: "path", allowed: "an absolute path, such as /files/10KiB", parse: (text) => text },
  popularity: { field: "popularity", allowed: ALLOWED_POPULARITY, parse: parsePopularity },
  size: { field: "size", allowed: ALLOWED_SIZES, parse: parseSizes },
  http: choice("httpVersion", "1.0", "1.1"),
  method: choice("method", "GET", "HEAD"),
  connection: choice("connection", "close", "keep-alive"),
  users: { field: "users", allowed: `${WHOLE}, 1..50 for a ramp, or 1,10,50 for steps`, parse: parseLevels },
  rate: { field: "rate", allowed: "requests a second, 10..500 for a ramp, or 100,200 for steps", parse: parseLevels },
  arrivals: choice("arrivals", "constant", "poisson"),
  connections: { field: "connections", allowed: WHOLE, parse: parseWhole },
  backlog: { field: "backlog", allowed: "a whole number from 0", parse: parseWhole },
  pipeline: { field: "pipeline", allowed: WHOLE, parse: parseWhole },
  reuse: { field: "requestsPerConnection", allowed: WHOLE, parse: parseWhole },
  page: { field: "page", allowed: PAGE_PLANS.join(", "), parse: (text) => text },
  seconds: { field: "seconds", allowed: "seconds, such as 10", parse: parseSeconds },
  requests: { field: "requests", allowed: `${WHOLE}, instead of seconds`, parse: parseWhole },
  warmup: { field: "warmupSeconds", allowed: TIME, parse: parseSeconds },
  cooldown: { field: "cooldownSeconds", allowed: TIME, parse: parseSeconds },
  think: { field: "thinkMillis", allowed: TIME, parse: parseMillis },
  thinking: choice("thinking", "exponential", "fixed"),
  timeout: { field: "timeoutMillis", allowed: TIME, parse: parseMillis },
  leaving: choice("leaving", "close", "server"),
  linger: { field: "lingerMillis", allowed: TIME, parse: parseMillis },
  retry: { field: "retry", allowed: "yes or no", parse: (text) => ({ yes: true, no: false })[text] },
  ending: choice("ending", "wait", "cut"),
  expect: { field: "expected", allowed: "bytes of the body, or its SHA-256 in hexadecimal", parse: parseExpected },
  rtt: { field: "rttMillis", allowed: TIME, parse: parseMillis },
  seed: { field: "seed", allowed: "a whole number", parse: parseWhole },
  threads: { field: "threads", allowed: WHOLE, parse: parseWhole },
};

/** What each word may be. */
export const ALLOWED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(WORDS).map(([name, { allowed }]) => [name, allowed]),
);

/** A word of a few values. */
function choice(field: keyof LoadRequest, ...values: string[]): Word {
  return { field, allowed: values.join(" or "), parse: (text) => (values.includes(text) ? text : undefined) };
}

export const USAGE = `Usage: load [name=value ...] [json] [--help]

Loads a server with HTTP requests and prints what it saw. Without rate the load is closed: each user
waits for an answer before the next request. With rate it is open: requests come when they are due.

  target=server     host to ask, by name or IPv4 address, with :port unless it is 80
  protocol=http     or echo: messages of size=64 bytes, which come back as they are
  path=/            what to ask for: / or /files/1KiB, 10KiB, 100KiB, 1MiB, 10MiB; several: path=/a path=/b,
                    or path=/files/{1..42}.bin
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

Words of wrk, ab, hey and autocannon are understood where they mean the same: -c 32 (users), -d 10s, -n 1000, -t 2,
-R or --rate 500, -p 16 (pipeline), and an address such as http://server/files/1KiB.

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
  for (const text of own) {
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
    else if (name === "popularity") popularity = value as Popularity;
    else if (isLevels(value)) Object.assign(request, { levels: value, [word.field]: Math.max(...value.values) });
    else Object.assign(request, { [word.field]: value });
    if (name === "path") paths.push(...pathsIn(String(value)));
  }
  if (popularity !== null && paths.length < 2)
    problems.push({ path: "popularity", message: "is of several paths", allowed: "path=/a path=/b, or path=/{1..9}" });
  if (problems.length > 0)
    throw new RttlabError("E_USAGE", "reading the words of load: they are not all right", { problems });
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

function parseTarget(text: string): string | undefined {
  if (text === "") return undefined;
  return text.includes(":") ? text : `${text}:80`;
}

function parseWhole(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function parseSeconds(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const millis = parseMillis(text);
  return millis === undefined ? undefined : millis / 1000;
}

function parseMillis(text: string): number | undefined {
  return parseQuantity(text, "millis");
}

/** One number, `1..50`, or `1,10,50`. */
function parseLevels(text: string): number | Levels | undefined {
  const [separator, course] = text.includes("..") ? (["..", "ramp"] as const) : ([",", "steps"] as const);
  const values = text.split(separator).map((part) => (/^\d+(\.\d+)?$/.test(part) ? Number(part) : Number.NaN));
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
