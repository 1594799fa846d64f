// Reads the settings of a load from a `run` request and reports everything wrong with them at once.

import { type Problem, RttlabError } from "../../errors.ts";
import { type LoadSettings, PAGE_PLANS, type PagePlan } from "./load.ts";

export const MAX_SECONDS = 86_400;
/**
 * Of a page with a parallel plan, where the request says nothing: as many as Netscape's Navigator
 * of 1997 and Nielsen had.
 */
const PARALLEL_CONNECTIONS = 4;

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
  httpVersion: { missing: "1.1", ...oneOf("1.0", "1.1") },
  page: { missing: null, ...optional(oneOf(...PAGE_PLANS)) },
  connections: { missing: null, ...optional(integer(1, 256)) },
  users: { missing: 1, ...integer(1, 10_000) },
  seconds: { missing: null, ...optional(number(0.1, MAX_SECONDS)) },
  requests: { missing: null, ...optional(integer(1, 1e9)) },
  warmupSeconds: { missing: 0, ...number(0, 3600) },
  thinkMillis: { missing: 0, ...number(0, 3_600_000) },
  timeoutMillis: { missing: 30_000, ...number(1, 3_600_000) },
  ending: { missing: "wait", ...oneOf("wait", "cut") },
  seed: { missing: 1, ...integer(0, 2 ** 32 - 1) },
  rttMillis: { missing: null, ...optional(number(0.001, 60_000)) },
  histograms: { missing: false, allowed: "true or false", accepts: (value) => typeof value === "boolean" },
};

/** The settings in `request`. Throws E_BAD_LOAD with every problem. */
export function parseSettings(request: Unread): LoadSettings {
  const names = Object.keys(FIELDS) as (keyof LoadSettings)[];
  const named = Object.fromEntries(names.map((name) => [name, request[name] ?? FIELDS[name].missing]));
  const settings = withPageDefaults(named, request);
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

function endingProblems({ ending, seconds }: Unread): Problem[] {
  if (ending !== "cut" || seconds !== null) return [];
  const message = "cuts off at the end of seconds, and none are given";
  return [{ code: "E_CONFLICTING_KEYS", path: "ending", message, allowed: "wait, or seconds beside it" }];
}

/**
 * A plan of a page is one of its version's, and connections in parallel are for the plans that have
 * several.
 */
function pageProblems({ page, connections }: Unread, { httpVersion = null }: Unread): Problem[] {
  const conflict = (path: string, message: string, allowed: string) => ({
    code: "E_CONFLICTING_KEYS",
    path,
    message,
    allowed,
  });
  const version = versionOf(page);
  return [
    ...(version !== null && httpVersion !== null && httpVersion !== version
      ? [conflict("httpVersion", `is not that of the page's plan ${page}`, version)]
      : []),
    ...(connections !== null && !isParallel(page)
      ? [conflict("connections", "are for pages with a parallel plan", "none")]
      : []),
  ];
}

/** What follows from the plan of a page, where the request leaves it out. */
function withPageDefaults(settings: Unread, { httpVersion = null }: Unread): Unread {
  const { page, connections } = settings;
  return {
    ...settings,
    ...(httpVersion === null && versionOf(page) !== null ? { httpVersion: versionOf(page) } : {}),
    ...(connections === null && isParallel(page) ? { connections: PARALLEL_CONNECTIONS } : {}),
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
