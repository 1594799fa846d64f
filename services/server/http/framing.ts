// Where a request's content ends (RFC 9112 section 6.3). Everything ambiguous is refused: request
// smuggling exploits two parties that find different ends (section 11.2).

import { listMembers } from "./grammar.ts";
import { combinedField, type Refusal, type Request } from "./message.ts";

/**
 * How to find the end of the content. `length` is in bytes; Infinity stands for more digits than a
 * number holds exactly.
 */
export type Framing = { kind: "none" } | { kind: "chunked" } | { kind: "length"; length: number };

/** The framing of a request from its fields, or why it has none to rely on. */
export function framingOf(request: Request): Framing | Refusal {
  const coding = combinedField(request, "transfer-encoding");
  const length = combinedField(request, "content-length");
  if (coding === undefined) return length === undefined ? { kind: "none" } : framingByLength(length);
  if (length !== undefined) return { status: 400, reason: "Transfer-Encoding and Content-Length exclude each other" };
  if (request.minorVersion === 0) return { status: 400, reason: "HTTP/1.0 has no Transfer-Encoding" };
  return framingByCoding(coding);
}

function framingByLength(value: string): Framing | Refusal {
  if (!/^\d+$/.test(value)) return { status: 400, reason: "Content-Length must be one decimal number" };
  const length = Number(value);
  return { kind: "length", length: Number.isSafeInteger(length) ? length : Number.POSITIVE_INFINITY };
}

function framingByCoding(value: string): Framing | Refusal {
  const codings = listMembers(value).map((coding) => coding.toLowerCase());
  if (codings.at(-1) !== "chunked") return { status: 400, reason: "the last transfer coding must be chunked" };
  if (codings.indexOf("chunked") !== codings.length - 1) return { status: 400, reason: "chunked may be applied once" };
  if (codings.length > 1) return { status: 501, reason: "no transfer coding but chunked is known here" };
  return { kind: "chunked" };
}
