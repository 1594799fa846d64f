// Status codes of this server with their reason phrases (RFC 9110 section 15, RFC 6585), and
// answers that are a line of text.

import type { Response } from "./message.ts";

export const REASON_PHRASES: Readonly<Record<number, string>> = {
  100: "Continue",
  200: "OK",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Found",
  304: "Not Modified",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

/**
 * An answer whose content is a line of text with the reason. `fields` are additional header lines,
 * each ending with CRLF.
 */
export function textResponse(status: number, reason: string, fields = ""): Response {
  const content = Buffer.from(`${status} ${REASON_PHRASES[status]}: ${reason}\n`);
  const framing = `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${content.length}\r\n`;
  return { status, fields: fields + framing, content: [content] };
}
