// Reads the settings of a load from a `run` request and reports everything wrong with them at once.

import { type Problem, RttlabError } from "../../errors.ts";
import { type Levels, type LoadSettings, PAGE_PLANS, type PagePlan } from "./load.ts";

export const MAX_SECONDS = 86_400;
/**
 * Of a page with a parallel plan, where the request says nothing: as many as Netscape's Navigator
 * of 1997 and Nielsen had.
 */
const PARALLEL_CONNECTIONS = 4;

/** The share of a generator that is alone. */
const WHOLE = Object.freeze({ index: 0, of: 1 });
/** Connections of an open load, where the request says nothing. */
const OPEN_CONNECTIONS = 1000;

/** Fields of a request or of settings that are not checked yet. */
type Unread = Readonly<Record<string, unknown>>;

interface Field {
  /** Default of a field that the request omits; undefined: it is required. */
  missing: unknown;
  allowed: string;
  accepts(value: unknown): boolean;
}

const FIELDS: { readonly [Name in keyof LoadSettings]: Field } = {
  target: { missing: undefined, allowed: "host:port, such as server:80; IPv4 only", accepts: isTarget },
  path: { missing: "/", allowed: "an absolute path of visible ASCII, such as /files/10KiB", accepts: isPath },
  paths: { missing: null, ...optional({ allowed: "chosen by weight, or replayed at times", accepts: arePaths }) },
  method: { missing: "GET", ...oneOf("GET", "HEAD") },
  httpVersion: { missing: "1.1", ...oneOf("1.0", "1.1") },
  connection: { missing: null, ...optional(oneOf("close", "keep-alive")) },
  page: { missing: null, ...optional(oneOf(...PAGE_PLANS)) },
  connections: { missing: null, ...optional(integer(1, 60_000)) },
  users: { missing: 1, ...integer(1, 60_000) },
  rate: { missing: null, ...optional(number(0.001, 1e6)) },
  arrivals: { missing: "constant", ...oneOf("constant", "poisson") },
  levels: { missing: null, ...optional({ allowed: "a ramp of two values, or steps of 2 to 100", accepts: areLevels }) },
  backlog: { missing: 10_000, ...integer(0, 1e6) },
  pipeline: { missing: 1, ...integer(1, 1000) },
  requestsPerConnection: { missing: null, ...optional(integer(1, 1e9)) },
  leaving: { missing: "close", ...oneOf("close", "server") },
  lingerMillis: { missing: 0, ...number(0, 3_600_000) },
  retry: { missing: false, ...truth() },
  seconds: { missing: null, ...optional(number(0.1, MAX_SECONDS)) },
  requests: { missing: null, ...optional(integer(1, 1e9)) },
  warmupSeconds: { missing: 0, ...number(0, 3600) },
  cooldownSeconds: { missing: 0, ...number(0, 3600) },
  thinkMillis: { missing: 0, ...number(0, 3_600_000) },
  thinking: { missing: "exponential", ...oneOf("exponential", "fixed") },
  timeoutMillis: { missing: 30_000, ...number(1, 3_600_000) },
  ending: { missing: "wait", ...oneOf("wait", "cut") },
  seed: { missing: 1, ...integer(0, 2 ** 32 - 1) },
  expected: {
    missing: null,
    ...optional({ allowed: "bytes, a SHA-256 in hexadecimal, or both", accepts: isExpected }),
  },
  rttMillis: { missing: null, ...optional(number(0.001, 60_000)) },
  histograms: { missing: false, ...truth() },
  threads: { missing: 1, ...integer(1, 64) },
  share: { missing: WHOLE, allowed: "an index from 0 below the number of shares", accepts: isShare },
  startEpochMillis: { missing: null, ...optional(number(0, 1e14)) },
};

/** The settings in `request`. Throws E_BAD_LOAD with every problem. */
export function parseSettings(request: Unread): LoadSettings {
  const names = Object.keys(FIELDS) as (keyof LoadSettings)[];
  const named = Object.fromEntries(names.map((name) => [name, request[name] ?? FIELDS[name].missing]));
  const settings = withDefaults(named, request);
  const unknown = Object.keys(request).filter((name) => name !== "op" && !Object.hasOwn(FIELDS, name));
  const problems: Problem[] = [
    ...unknown.map((name) => ({
      code: "E_UNKNOWN_KEY",
      path: name,
      message: "is not known here",
      allowed: names.join(", "),
    })),
    ...names.filter((name) => !FIELDS[name].accepts(settings[name])).map((name) => problemOf(name, settings[name])),
    ...boundProblems(settings),
    ...endingProblems(settings),
    ...pageProblems(settings, request),
    ...courseProblems(settings),
  ];
  if (problems.length > 0) {
    const list = problems.map(({ path, message, allowed }) => `${path} ${message} (allowed: ${allowed})`);
    throw new RttlabError("E_BAD_LOAD", `reading a load: ${list.join("; ")}`, { problems });
  }
  return Object.freeze(settings) as unknown as LoadSettings;
}

function problemOf(name: keyof LoadSettings, value: unknown): Problem {
  const { allowed } = FIELDS[name];
  return value === undefined
    ? { code: "E_MISSING_KEY", path: name, message: "is missing", allowed }
    : { code: "E_OUT_OF_RANGE", path: name, message: `${JSON.stringify(value)} is out of range`, allowed };
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

/** What belongs to users, to arrivals, to pages or to single requests alone. */
function courseProblems(settings: Unread): Problem[] {
  const { rate, users, levels, thinkMillis, page, pipeline, paths, connection, httpVersion } = settings;
  const isOpen = rate !== null;
  const most = areLevels(levels) ? Math.max(...(levels as Levels).values) : null;
  return [
    ...(most !== null && most !== (rate ?? users)
      ? [conflict("levels", `go up to ${most}`, `${isOpen ? "rate" : "users"} that are as high`)]
      : []),
    ...(isOpen && users !== 1
      ? [conflict("users", "are for a closed load, and a rate is given", "1, or no rate")]
      : []),
    ...(isOpen && thinkMillis !== 0 ? [conflict("thinkMillis", "is of users, and a rate is given", "0")] : []),
    ...(isOpen && page !== null ? [conflict("page", "is loaded by users, and a rate is given", "no rate")] : []),
    ...(page !== null && pipeline !== 1 ? [conflict("pipeline", "is a plan of pages: 1.1-pipelined", "1")] : []),
    ...(page !== null && paths !== null ? [conflict("paths", "are not for pages", "path")] : []),
    ...(pipeline !== 1 && (connection === "close" || (httpVersion === "1.0" && connection !== "keep-alive"))
      ? [conflict("pipeline", "needs connections that are kept", "1")]
      : []),
    ...((paths as LoadSettings["paths"])?.order === "replayed" && !isOpen
      ? [conflict("paths", "that are replayed need a rate", "rate: their mean, or what scales them")]
      : []),
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

/** What follows from the plan of a page, or from a rate, where the request leaves it out. */
function withDefaults(settings: Unread, { httpVersion = null }: Unread): Unread {
  const { page, connections, rate } = settings;
  return {
    ...settings,
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

function isTarget(value: unknown): boolean {
  const match = typeof value === "string" ? /^[A-Za-z0-9.-]+:(\d{1,5})$/.exec(value) : null;
  return match !== null && Number(match[1]) >= 1 && Number(match[1]) <= 65_535;
}

function isPath(value: unknown): boolean {
  return typeof value === "string" && /^\/[!-~]*$/.test(value) && value.length <= 8000;
}

function number(min: number, max: number) {
  const accepts = (value: unknown) => typeof value === "number" && value >= min && value <= max;
  return { allowed: `${min} to ${max}`, accepts };
}

function oneOf(...words: readonly string[]) {
  const accepts = (value: unknown) => words.includes(value as string);
  return { allowed: words.map((word) => `"${word}"`).join(" or "), accepts };
}

function integer(min: number, max: number) {
  const { allowed, accepts } = number(min, max);
  return {
    allowed: `a whole number, ${allowed}`,
    accepts: (value: unknown) => Number.isInteger(value) && accepts(value),
  };
}

function optional({ allowed, accepts }: { allowed: string; accepts(value: unknown): boolean }) {
  return { allowed, accepts: (value: unknown) => value === null || accepts(value) };
}

function truth() {
  return { allowed: "true or false", accepts: (value: unknown) => typeof value === "boolean" };
}

function isShare(value: unknown): boolean {
  const { index, of } = (value ?? {}) as Record<string, unknown>;
  return integer(1, 10_000).accepts(of) && integer(0, (of as number) - 1).accepts(index);
}

function isExpected(value: unknown): boolean {
  const { bytes = null, sha256 = null } = (value ?? {}) as Record<string, unknown>;
  const isHash = sha256 === null || (typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256));
  return isHash && (bytes === null || integer(0, 1e12).accepts(bytes)) && (bytes !== null || sha256 !== null);
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
    if (!isPath(path) || !number(0, 1e12).accepts(amount)) return false;
    if (order === "replayed" && (amount as number) < last) return false;
    last = amount as number;
    return order === "replayed" || (amount as number) > 0;
  });
}
