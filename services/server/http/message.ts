// Requests and responses as data: what the parser makes, what the site answers, what goes to the
// wire.

import type { Buffer } from "node:buffer";
import type { Piece } from "../../../lib/sockets/piece.ts";

/**
 * The version that the server speaks. Under 1.0 each answer says HTTP/1.0 and is the last of its
 * connection (RFC 1945).
 */
export type HttpVersion = "1.0" | "1.1";

/**
 * A request whose head has been read. Names of fields are lower case; a field that came twice
 * stands twice.
 */
export interface Request {
  method: string;
  /**
   * Origin-form (`/a?b`), `*` for OPTIONS, authority-form for CONNECT; absolute-form has been taken
   * apart.
   */
  target: string;
  /** 0 or 1: HTTP/1.0 or 1.1; a higher minor version counts as 1. */
  minorVersion: 0 | 1;
  /** Name, value, name, value, … in the order of arrival. */
  fields: readonly string[];
  /** Whether the connection may carry on after this exchange, as far as the client goes. */
  persistent: boolean;
  /** `none`: no content; else how its end is found. */
  framing: "none" | "length" | "chunked";
  /** Whether the client waits for 100 (Continue) before it sends the content. */
  expectsContinue: boolean;
}

/**
 * Why a request is refused: the status of the answer and one sentence for it. The connection closes
 * after it.
 */
export interface Refusal {
  status: number;
  reason: string;
}

/** An answer, before the fields that belong to the connection (Date, Connection) are added. */
export interface Response {
  status: number;
  /** Header lines, each closed by CRLF. Content-Length is among them where the answer has one. */
  fields: string;
  /** The content; for HEAD it is left out when sent. */
  content: readonly Piece[];
  /**
   * What was last made of it for the wire (http/octets.ts): a response that is sent again and again
   * is made once a second.
   */
  prepared?: Prepared;
}

/** Octets as they were sent, good for the same second, version and Connection field. */
export interface Prepared {
  second: number;
  version: HttpVersion;
  connection: string;
  head: Buffer;
  /** With its content, where this is small and in memory. */
  whole: Buffer | null;
}

/** A request that nothing is known of yet. */
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

/**
 * All fields of that name as one list value (RFC 9110 section 5.3), or undefined where there is
 * none.
 */
export function combinedField(request: Request, name: string): string | undefined {
  const { fields } = request;
  let combined: string | undefined;
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at] === name) combined = combined === undefined ? fields[at + 1] : `${combined}, ${fields[at + 1]}`;
  }
  return combined;
}
