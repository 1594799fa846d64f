// Requirements on a request's head beyond its grammar: Host and the form of the target,
// persistence, expectations.

import { isHost, listMembers, splitAbsoluteForm } from "./grammar.ts";
import { combinedField, type Refusal, type Request } from "./message.ts";

const SLASH = 47;

/**
 * Checks Host (RFC 9112 section 3.2) and the form of the target (sections 3.2.1 to 3.2.4), and
 * splits an absolute-form.
 */
export function resolveTarget(request: Request): Refusal | null {
  const refusal = checkHost(request);
  if (refusal !== null) return refusal;
  const { target, method } = request;
  if (target.charCodeAt(0) === SLASH) return null;
  if (target === "*" && method === "OPTIONS") return null;
  if (method === "CONNECT" && isHost(target) && /[^:]:\d+$/.test(target)) return null;
  const absolute = splitAbsoluteForm(target);
  if (absolute === null) return { status: 400, reason: "the request target must be a path or an http URI" };
  request.target = absolute.origin;
  request.fields = withHost(request.fields, absolute.authority);
  return null;
}

/** RFC 9112 section 9.3: `close` wins; 1.1 persists; 1.0 only with `keep-alive`. */
export function isPersistent(request: Request): boolean {
  const value = combinedField(request, "connection");
  if (value === undefined) return request.minorVersion === 1;
  const options = listMembers(value.toLowerCase());
  return !options.includes("close") && (request.minorVersion === 1 || options.includes("keep-alive"));
}

/**
 * RFC 9110 section 10.1.1: 100-continue where content is announced. HTTP/1.0 has no Expect, and no
 * other expectation is met here.
 */
export function resolveExpectation(request: Request): Refusal | null {
  const value = combinedField(request, "expect");
  if (value === undefined || request.minorVersion === 0) return null;
  const expectations = listMembers(value.toLowerCase());
  if (expectations.some((expectation) => expectation !== "100-continue"))
    return { status: 417, reason: "the one expectation known is 100-continue" };
  request.expectsContinue = request.framing !== "none" && expectations.length > 0;
  return null;
}

/** The host of the target counts, whatever the field says (RFC 9112 section 3.2.2). */
function withHost(fields: readonly string[], authority: string): readonly string[] {
  const at = fields.findIndex((name, index) => index % 2 === 0 && name === "host");
  return at === -1 ? fields : fields.with(at + 1, authority);
}

function checkHost({ fields, minorVersion }: Request): Refusal | null {
  let hosts = 0;
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at] !== "host") continue;
    if (++hosts > 1) return { status: 400, reason: "a request has one Host field" };
    if (!isHost(fields[at + 1] as string)) return { status: 400, reason: "Host must be a host and an optional port" };
  }
  if (hosts === 0 && minorVersion === 1) return { status: 400, reason: "HTTP/1.1 demands a Host field" };
  return null;
}
