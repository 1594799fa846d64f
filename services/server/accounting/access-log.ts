// The Common Log Format: host ident user [time] "request" status bytes. Lines are written in
// batches, a few times per second.

import type { Request } from "../http/message.ts";

const FLUSH_MILLIS = 200;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export interface AccessLog {
  /** Logs an answer; `request` is null if the octets never became one. */
  record(address: string, request: Request | null, status: number, bytes: number): void;
  /** Writes pending lines. */
  flush(): void;
}

/** A log that writes through `write`: in batches, or each line at once where no timer can run. */
export function createAccessLog(write: (text: string) => void, atOnce = false): AccessLog {
  let lines = "";
  const flush = () => {
    if (lines !== "") write(lines);
    lines = "";
  };
  return {
    record(address, request, status, bytes) {
      if (lines === "" && !atOnce) setTimeout(flush, FLUSH_MILLIS).unref();
      lines += `${commonLogLine(address, request, status, bytes, Date.now())}\n`;
      if (atOnce) flush();
    },
    flush,
  };
}

/**
 * One line without its end. Quotes, backslashes and octets beyond ASCII are escaped, so that a
 * client cannot forge lines or fields.
 */
export function commonLogLine(
  address: string,
  request: Request | null,
  status: number,
  bytes: number,
  nowMillis: number,
): string {
  const line = request === null ? "-" : `${request.method} ${request.target} HTTP/1.${request.minorVersion}`;
  const escaped = line
    .replace(/["\\]/g, "\\$&")
    .replace(/[^ -~]/g, (octet) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `${address} - - [${logTime(nowMillis)}] "${escaped}" ${status} ${bytes === 0 ? "-" : bytes}`;
}

function logTime(millis: number): string {
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T([\d:]+)/.exec(new Date(millis).toISOString()) as string[];
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}
