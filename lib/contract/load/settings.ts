// Reads the settings of a load from a `run` request and reports everything wrong with them at once.

import { type Problem, RttlabError } from "../../errors.ts";
import { json, type Kind, number, oneOf, orNull, text, truth, whole } from "../../fields/kinds.ts";
import { type Field, type Fields, readObject, unknownNames } from "../../fields/read.ts";
import { type Levels, type LoadSettings, PAGE_PLANS, type PagePlan } from "./load.ts";
import { ALLOWED_SIZES, areSizes, MOST_BYTES, mostBytesOf, type Sizes } from "./sizes.ts";

export const MAX_SECONDS = 86_400;
export const MAX_WARMUP_SECONDS = 3600;
/**
 * Of a page with a parallel plan, where the request says nothing: as many as Netscape's Navigator
 * of 1997 and Nielsen had.
 */
const PARALLEL_CONNECTIONS = 4;

/** The share of a generator that is alone. */
const WHOLE = Object.freeze({ index: 0, of: 1 });
/** Connections of an open load, where the request says nothing. */
const OPEN_CONNECTIONS = 1000;

/** Of an echo, where the request says nothing. */
const MESSAGE: Sizes = Object.freeze({ law: "fixed", bytes: 64 });

/** Settings whose values are not known to be good. */
type Unread = Readonly<Record<string, unknown>>;

const TIME = number(0, 3_600_000, "0 to 3600000 ms");
export const LOAD_FIELDS: Fields<LoadSettings> = {
  target: text("host:port, such as server:80; IPv4 only", isTarget),
  protocol: { ...oneOf("http", "echo"), usual: "http" },
  path: { ...text("an absolute path of visible ASCII, such as /files/10KiB", isPath), usual: "/" },
  paths: none(json<NonNullable<LoadSettings["paths"]>>("chosen by weight, or replayed at times", arePaths)),
  size: none(json<Sizes>(ALLOWED_SIZES, areSizes)),
  method: { ...oneOf("GET", "HEAD"), usual: "GET" },
  httpVersion: { ...oneOf("1.0", "1.1"), usual: "1.1" },
  connection: none(oneOf("close", "keep-alive")),
  page: none(oneOf(...PAGE_PLANS)),
  connections: none(whole(1, 60_000)),
  users: { ...whole(1, 60_000), usual: 1 },
  rate: none(number(0.001, 1e6)),
  arrivals: { ...oneOf("constant", "poisson"), usual: "constant" },
  levels: none(json<Levels>("a ramp of two values, or steps of 2 to 100", areLevels)),
  backlog: { ...whole(0, 1e6), usual: 10_000 },
  pipeline: { ...whole(1, 1000), usual: 1 },
  requestsPerConnection: none(whole(1, 1e9)),
  leaving: { ...oneOf("close", "server"), usual: "close" },
  lingerMillis: { ...TIME, usual: 0 },
  retry: { ...truth(), usual: false },
  seconds: none(number(0.1, MAX_SECONDS, `0.1 to ${MAX_SECONDS} s`)),
  requests: none(whole(1, 1e9)),
  warmupSeconds: { ...number(0, MAX_WARMUP_SECONDS, `0 to ${MAX_WARMUP_SECONDS} s`), usual: 0 },
  cooldownSeconds: { ...number(0, 3600, "0 to 3600 s"), usual: 0 },
  thinkMillis: { ...TIME, usual: 0 },
  thinking: { ...oneOf("exponential", "fixed"), usual: "exponential" },
  timeoutMillis: { ...number(1, 3_600_000, "1 to 3600000 ms"), usual: 30_000 },
  ending: { ...oneOf("wait", "cut"), usual: "wait" },
  seed: { ...whole(0, 2 ** 32 - 1), usual: 1 },
  expected: none(json<NonNullable<LoadSettings["expected"]>>("bytes, a SHA-256 in hexadecimal, or both", isExpected)),
  rttMillis: none(number(0.001, 60_000, "0.001 to 60000 ms")),
  histograms: { ...truth(), usual: false },
  threads: { ...whole(1, 64), usual: 1 },
  share: { ...json<LoadSettings["share"]>("an index from 0 below the number of shares", isShare), usual: WHOLE },
  startEpochMillis: none(number(0, 1e14)),
};

/** A field that may be null, and is where it is left out. */
function none<Value>(kind: Kind<Value>): Field<Value | null> {
  return { ...orNull(kind), usual: null };
}

/**
 * The settings in `request`. Throws E_BAD_LOAD with every problem; `nameOf` is how the person who
 * wrote a setting calls it.
 */
export function parseSettings(request: Unread, nameOf = (setting: string) => setting): LoadSettings {
  const { values, problems } = readObject(LOAD_FIELDS, request);
  const settings = withDefaults({ ...values }, request);
  const all: Problem[] = [
    ...unknownNames(LOAD_FIELDS, request, "", ["op"]),
    ...problems,
    ...boundProblems(settings),
    ...endingProblems(settings),
    ...pageProblems(settings, request),
    ...sizeProblems(settings),
    ...echoProblems(settings),
    ...courseProblems(settings),
    ...shareProblems(settings),
  ].map((problem) => ({ ...problem, path: nameOf(problem.path) }));
  if (all.length > 0) {
    const list = all.map(({ path, message, allowed }) => `${path} ${message} (allowed: ${allowed})`);
    throw new RttlabError("E_BAD_LOAD", `reading a load: ${list.join("; ")}`, { problems: all });
  }
  return Object.freeze(settings) as unknown as LoadSettings;
}

function boundProblems({ seconds, requests }: Unread): Problem[] {
  if ((seconds === null) !== (requests === null)) return [];
  const [code, message] =
    seconds === null ? ["E_MISSING_KEY", "are both missing"] : ["E_CONFLICTING_KEYS", "are both given"];
  return [{ code, path: "seconds, requests", message, allowed: "one of them" }];
}

function endingProblems({ ending, seconds, levels, cooldownSeconds }: Unread): Problem[] {
  if (seconds !== null) return [];
  return [
    ...(ending === "cut"
      ? [conflict("ending", "cuts off at the end of seconds, and none are given", "wait, or seconds beside it")]
      : []),
    ...(levels !== null ? [conflict("levels", "change over seconds, and none are given", "seconds beside them")] : []),
    ...(typeof cooldownSeconds === "number" && cooldownSeconds > 0
      ? [conflict("cooldownSeconds", "follow after seconds, and none are given", "0, or seconds beside them")]
      : []),
  ];
}

/** Problems of settings that belong to users, to arrivals, to pages or to single requests alone. */
function courseProblems(settings: Unread): Problem[] {
  const { rate, users, levels, arrivals, thinkMillis, page, pipeline, paths, connection, httpVersion } = settings;
  const isReplay = (paths as LoadSettings["paths"])?.order === "replayed";
  const isOpen = rate !== null;
  const most = areLevels(levels) ? Math.max(...(levels as Levels).values) : null;
  return [
    ...(most !== null && most !== (rate ?? users)
      ? [conflict("levels", `go up to ${most}`, `${isOpen ? "rate" : "users"} that are as high`)]
      : []),
    ...(isOpen && users !== 1
      ? [conflict("users", "are for a closed load, and a rate is given", "1, or no rate")]
      : []),
    ...(isOpen && thinkMillis !== 0 ? [conflict("thinkMillis", "is of users, and a rate is given", "no pause")] : []),
    ...(isOpen && page !== null ? [conflict("page", "is loaded by users, and a rate is given", "no rate")] : []),
    ...(page !== null && pipeline !== 1 ? [conflict("pipeline", "is a plan of pages: 1.1-pipelined", "1")] : []),
    ...(page !== null && paths !== null ? [conflict("paths", "are several, and a page is loaded", "one path")] : []),
    ...(pipeline !== 1 && (connection === "close" || (httpVersion === "1.0" && connection !== "keep-alive"))
      ? [conflict("pipeline", "needs connections that are kept", "1")]
      : []),
    ...(isReplay && !isOpen
      ? [conflict("paths", "that are replayed need a rate", "rate: their mean, or what scales them")]
      : []),
    ...(isReplay && (levels !== null || arrivals === "poisson")
      ? [conflict("paths", "that are replayed have times of their own", "one rate, and no arrivals")]
      : []),
  ];
}

/** Each share of an open load needs a connection of its own: its arrivals are no other's. */
function shareProblems({ rate, connections, share, threads }: Unread): Problem[] {
  if (rate === null || typeof connections !== "number" || typeof threads !== "number" || !isShare(share)) return [];
  const shares = (share as LoadSettings["share"]).of * threads;
  if (connections >= shares) return [];
  return [conflict("connections", `are fewer than the ${shares} shares of the load`, `${shares} or more`)];
}

/** A size is of a body whose length is not known otherwise. */
function sizeProblems({ size, page, method, expected }: Unread): Problem[] {
  if (size === null) return [];
  return [
    ...(page !== null ? [conflict("size", "is of single requests, and a page is loaded", "no page")] : []),
    ...(method === "HEAD" ? [conflict("size", "is of a body, and HEAD has none", "GET")] : []),
    ...(expected !== null ? [conflict("expected", "is the size itself where one is given", "none")] : []),
  ];
}

/** Words of HTTP alone. */
const OF_HTTP = ["path", "paths", "page", "method", "httpVersion", "connection", "expected"] as const;

function echoProblems(settings: Unread): Problem[] {
  const { protocol, size } = settings;
  if (protocol !== "echo") return [];
  const isTooLarge = areSizes(size) && mostBytesOf(size) > MOST_BYTES;
  return [
    ...OF_HTTP.filter((name) => settings[name] !== LOAD_FIELDS[name].usual).map((name) =>
      conflict(name, "is of HTTP, and the protocol is echo", "none"),
    ),
    ...(isTooLarge ? [conflict("size", "is of a message that is held in memory", `at most ${MOST_BYTES}`)] : []),
  ];
}

function conflict(path: string, message: string, allowed: string): Problem {
  return { code: "E_CONFLICTING_KEYS", path, message, allowed };
}

/**
 * A plan of a page is one of its version's, and connections in parallel are for the plans that have
 * several.
 */
function pageProblems({ page, connections, rate }: Unread, { httpVersion = null }: Unread): Problem[] {
  const version = versionOf(page);
  return [
    ...(version !== null && httpVersion !== null && httpVersion !== version
      ? [conflict("httpVersion", `is not that of the page's plan ${page}`, version)]
      : []),
    ...(connections !== null && rate === null && !isParallel(page)
      ? [conflict("connections", "are for pages with a parallel plan and for open loads", "none")]
      : []),
  ];
}

/** Fills in settings that follow from the plan of a page, or from a rate. */
function withDefaults(settings: Unread, { httpVersion = null }: Unread): Unread {
  const { page, connections, rate, protocol, size } = settings;
  return {
    ...settings,
    ...(protocol === "echo" && size === null ? { size: MESSAGE } : {}),
    ...(httpVersion === null && versionOf(page) !== null ? { httpVersion: versionOf(page) } : {}),
    ...(connections === null && isParallel(page) ? { connections: PARALLEL_CONNECTIONS } : {}),
    ...(connections === null && rate !== null ? { connections: OPEN_CONNECTIONS } : {}),
  };
}

function versionOf(page: unknown): string | null {
  return PAGE_PLANS.includes(page as PagePlan) ? (page as PagePlan).slice(0, 3) : null;
}

function isParallel(page: unknown): boolean {
  return typeof page === "string" && page.endsWith("-parallel");
}

function isTarget(target: string): boolean {
  const match = /^[A-Za-z0-9.-]+:(\d{1,5})$/.exec(target);
  return match !== null && Number(match[1]) >= 1 && Number(match[1]) <= 65_535;
}

export function isPath(path: string): boolean {
  return /^\/[!-~]*$/.test(path) && path.length <= 8000;
}

function isShare(value: unknown): boolean {
  const { index, of } = (value ?? {}) as Record<string, unknown>;
  return whole(1, 10_000).accepts(of) && whole(0, of - 1).accepts(index);
}

function isExpected(value: unknown): boolean {
  const { bytes = null, sha256 = null } = (value ?? {}) as Record<string, unknown>;
  const isHash = sha256 === null || (typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256));
  return isHash && (bytes === null || whole(0, 1e12).accepts(bytes)) && (bytes !== null || sha256 !== null);
}

function areLevels(value: unknown): boolean {
  const { course, values } = (value ?? {}) as Record<string, unknown>;
  if (!Array.isArray(values) || !values.every((level) => number(0, 1e6).accepts(level))) return false;
  if (Math.max(...values) <= 0) return false;
  return course === "ramp" ? values.length === 2 : course === "steps" && values.length >= 2 && values.length <= 100;
}

function arePaths(value: unknown): boolean {
  const { order, entries } = (value ?? {}) as Record<string, unknown>;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > 1e6) return false;
  if (order !== "chosen" && order !== "replayed") return false;
  const name = order === "chosen" ? "weight" : "atMillis";
  let last = 0;
  return entries.every((entry) => {
    const { path, [name]: amount } = (entry ?? {}) as Record<string, unknown>;
    if (!LOAD_FIELDS.path.accepts(path) || !number(0, 1e12).accepts(amount)) return false;
    if (order === "replayed" && (amount as number) < last) return false;
    last = amount as number;
    return order === "replayed" || (amount as number) > 0;
  });
}
