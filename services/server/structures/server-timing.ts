// The Server-Timing field (W3C Server Timing): what a request's time went to, for the developer tools of a browser.

import type { Response } from "../http/message.ts";
import type { TimedOperation } from "./answer-later.ts";

/** Milliseconds by operation. */
export type Spent = Record<string, number>;

/** The response with the field; the prepared head of the plain one is left alone. */
export function withServerTiming({ status, fields, content }: Response, spent: Spent): Response {
  const metrics = Object.entries(spent).map(([name, millis]) => `${name};dur=${millis.toFixed(3)}`);
  return { status, fields: `${fields}Server-Timing: ${metrics.join(", ")}\r\n`, content };
}

/** The operations of one name together. */
export function sumByName(timed: readonly TimedOperation[]): Spent {
  const spent: Spent = {};
  for (const [name, millis] of timed) spent[name] = (spent[name] ?? 0) + millis;
  return spent;
}
