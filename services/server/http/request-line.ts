// method SP request-target SP HTTP-version (RFC 9112 section 3), in text with one code unit per
// octet.

import { isTarget, isToken } from "./grammar.ts";
import type { Refusal, Request } from "./message.ts";

/** Reads the line `[from, to)` into `request`. Returns null, or why it is no request line. */
export function readRequestLine(text: string, from: number, to: number, request: Request): Refusal | null {
  const afterMethod = text.indexOf(" ", from);
  // Set even if the rest is refused: the refusal of a HEAD has no content (RFC 9110 section 9.3.2).
  request.method = methodOf(text, from, to);
  const beforeVersion = afterMethod === -1 ? -1 : text.indexOf(" ", afterMethod + 1);
  if (beforeVersion === -1 || beforeVersion >= to) return refusal(400, "a request line has three parts");
  if (request.method === "") return refusal(400, "the method must be a token");
  if (!isTarget(text, afterMethod + 1, beforeVersion))
    return refusal(400, "the request target has a character that it may not have");
  const version = text.slice(beforeVersion + 1, to);
  if (version !== "HTTP/1.1" && version !== "HTTP/1.0") {
    if (!/^HTTP\/\d\.\d$/.test(version)) return refusal(400, "the version must read HTTP/ digit . digit");
    if (version[5] !== "1") return refusal(505, "this server speaks HTTP/1.0 and HTTP/1.1");
  }
  request.target = text.slice(afterMethod + 1, beforeVersion);
  request.minorVersion = version === "HTTP/1.0" ? 0 : 1;
  return null;
}

/** The method of the line `[from, to)`, which may be incomplete; empty if it is unreadable. */
export function methodOf(text: string, from: number, to: number): string {
  const end = text.indexOf(" ", from);
  return end !== -1 && end < to && isToken(text, from, end) ? text.slice(from, end) : "";
}

function refusal(status: number, reason: string): Refusal {
  return { status, reason };
}
