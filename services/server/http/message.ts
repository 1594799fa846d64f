// Requests and responses as data: the parser's output, the site's answers, and what goes to the
// wire.

import type { Buffer } from "node:buffer";
import type { Piece } from "../../../lib/sockets/piece.ts";

/**
 * The server's version. Under 1.0 each answer says HTTP/1.0 and is the last of its connection (RFC
 * 1945).
 */
export type HttpVersion = "1.0" | "1.1";

/**
 * A request whose head has been read. Field names are in lower case; a repeated field appears
 * twice.
 */
export interface Request {
  method: string;
  /**
   * Origin-form (`/a?b`), `*` for OPTIONS, or authority-form for CONNECT. An absolute-form has been
   * split.
   */
  target: string;
  /** 0 or 1: HTTP/1.0 or 1.1; a higher minor version counts as 1. */
  minorVersion: 0 | 1;
  /** Name, value, name, value, … in the order of arrival. */
  fields: readonly string[];
  /** Whether the client allows the connection to persist. */
  persistent: boolean;
  /** `none`: no content; else how to find its end. */
  framing: "none" | "length" | "chunked";
  /** Whether the client waits for 100 (Continue) before it sends the content. */
  expectsContinue: boolean;
}

/** Why a request is refused: the status and a sentence. The connection closes afterwards. */
export interface Refusal {
  status: number;
  reason: string;
}

/** An answer without the connection's fields (Date, Connection). */
export interface Response {
  status: number;
  /** Header lines, each ending with CRLF, including Content-Length if the answer has one. */
  fields: string;
  /** The content; not sent in the answer to HEAD. */
  content: readonly Piece[];
  /** Its last form for the wire (http/octets.ts): a repeated response is made once per second. */
  prepared?: Prepared;
}

/** Octets as they were sent, valid for the same second, version and Connection field. */
export interface Prepared {
  second: number;
  version: HttpVersion;
  connection: string;
  head: Buffer;
  /** With the content if it is small and in memory, and answers go out whole. */
  whole: Buffer | null;
}

/** A request of which nothing is known yet. */
export function blankRequest(fields: readonly string[] = []): Request {
  return {
    method: "",
    target: "",
    minorVersion: 1,
    fields,
    persistent: true,
    framing: "none",
    expectsContinue: false,
  };
}

/** All fields of a name as one list value (RFC 9110 section 5.3), or undefined without any. */
export function combinedField(request: Request, name: string): string | undefined {
  const { fields } = request;
  let combined: string | undefined;
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at] === name) combined = combined === undefined ? fields[at + 1] : `${combined}, ${fields[at + 1]}`;
  }
  return combined;
}
