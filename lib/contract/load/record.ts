// Reads a record of requests: an access log in the Common Log Format, as NCSA httpd and its heirs
// write it (also with appended fields, as in Combined), or lines of a time in seconds and a path.
// Each bad line is a problem, and all of them are found.

import type { Problem } from "../../errors.ts";
import { isPath } from "./settings.ts";

export interface RecordEntry {
  path: string;
  /** From the first request on. */
  atMillis: number;
}

export interface LoadRecord {
  /** In the order of their times. */
  entries: RecordEntry[];
  problems: Problem[];
}

/** `name` is the record's, for problems. Lines of a log have the method that the load has. */
export function readRecord(text: string, name: string, method: string): LoadRecord {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line, number: index + 1 }));
  const whole = lines.filter(({ line }) => line.trim() !== "");
  const isList = LIST_LINE.test(whole[0]?.line ?? "");
  const entries: RecordEntry[] = [];
  const problems: Problem[] = [];
  for (const { line, number } of whole) {
    const read = isList ? readListLine(line) : readLogLine(line, method);
    if ("path" in read) entries.push(read);
    else problems.push({ code: "E_BAD_VALUE", path: name, line: number, ...read });
  }
  if (whole.length === 0) problems.push({ path: name, message: "has no request", allowed: FORMATS });
  entries.sort((one, other) => one.atMillis - other.atMillis);
  const firstMillis = entries[0]?.atMillis ?? 0;
  for (const entry of entries) entry.atMillis -= firstMillis;
  return { entries: isList ? entries : spread(entries), problems };
}

const LIST_LINE = /^(\d+(?:\.\d+)?)[ \t]+(\/\S*)[ \t]*$/;
const LOG_LINE =
  /^\S+ \S+ .*?\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\] "((?:[^"\\]|\\.)*)" (?:\d{3}|-) (?:\d+|-)(?: .*)?$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const FORMATS = "lines of the Common Log Format, or of seconds and a path";

type Wrong = Pick<Problem, "message" | "allowed">;

function readListLine(line: string): RecordEntry | Wrong {
  const [, seconds, path = ""] = LIST_LINE.exec(line) ?? [];
  if (!isPath(path)) return { message: `cannot be read: ${shortened(line)}`, allowed: "seconds and a path: 1.5 /a" };
  return { path, atMillis: Number(seconds) * 1000 };
}

function readLogLine(line: string, wanted: string): RecordEntry | Wrong {
  const match = LOG_LINE.exec(line);
  if (match === null) return { message: `cannot be read: ${shortened(line)}`, allowed: FORMATS };
  const atMillis = timeOf(match);
  if (atMillis === null) return { message: `has no such time: ${match[0].slice(0, 80)}`, allowed: "a day of a month" };
  const [method, path = "", version = ""] = (match[10] ?? "").split(" ");
  if (method !== wanted) return { message: `asks by ${method}, which is not the load's method`, allowed: wanted };
  if (!isPath(path) || path.includes("\\") || !/^(HTTP\/\d\.\d)?$/.test(version))
    return { message: `asks for no path: ${shortened(match[10] ?? "")}`, allowed: `${wanted} /path HTTP/1.1` };
  return { path, atMillis };
}

function timeOf([, day, name, year, hour, minute, second, sign, zoneHours, zoneMinutes]: RegExpExecArray) {
  const month = MONTHS.indexOf(name ?? "");
  const local = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  const isWhole = new Date(local).getUTCDate() === Number(day) && Number(hour) < 24 && Number(minute) < 60;
  if (month === -1 || !isWhole) return null;
  const zoneMillis = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  return sign === "-" ? local + zoneMillis : local - zoneMillis;
}

/** A log has whole seconds: the requests of one are spread evenly over it. */
function spread(entries: readonly RecordEntry[]): RecordEntry[] {
  const counts = new Map<number, number>();
  for (const { atMillis } of entries) counts.set(atMillis, (counts.get(atMillis) ?? 0) + 1);
  let [second, number] = [Number.NaN, 0];
  return entries.map(({ path, atMillis }) => {
    [second, number] = [atMillis, atMillis === second ? number + 1 : 0];
    return { path, atMillis: atMillis + (1000 * number) / (counts.get(atMillis) ?? 1) };
  });
}

function shortened(line: string): string {
  return line.length <= 80 ? line : `${line.slice(0, 80)}...`;
}
