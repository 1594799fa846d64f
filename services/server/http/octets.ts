// Responses as octets. A response repeated within the same second is ready: nothing is made, copied
// or allocated for it.

import { Buffer } from "node:buffer";
import type { Writes } from "../../../lib/sockets/piece.ts";
import { formatDate } from "./date.ts";
import type { HttpVersion, Prepared, Request, Response } from "./message.ts";
import { REASON_PHRASES } from "./status.ts";

/**
 * Value of the Connection field: none where HTTP/1.1 persists, `keep-alive` where 1.0 does, else
 * `close`.
 */
export type ConnectionOption = "" | "keep-alive" | "close";

/**
 * Up to this size, copying the content behind its head costs less than a second buffer per write.
 */
export const SMALL_CONTENT_BYTES = 65_536;

let dateSecond = -1;
let dateField = "";

/** The connection option that informs the client whether the connection persists. */
export function connectionOption(request: Request | null, persists: boolean): ConnectionOption {
  if (!persists) return "close";
  return request?.minorVersion === 0 ? "keep-alive" : "";
}

/**
 * The octets of a response: its head, and with its content if that is small, in memory, and not to
 * be a part of its own.
 */
export function prepare(
  response: Response,
  version: HttpVersion,
  connection: ConnectionOption,
  nowMillis: number,
  writes: Writes,
): Prepared {
  const second = Math.trunc(nowMillis / 1000);
  const { prepared } = response;
  if (prepared?.second === second && prepared.connection === connection && prepared.version === version)
    return prepared;
  const head = headOctets(response, version, connection, second);
  const [content, ...more] = response.content;
  const isSmall = Buffer.isBuffer(content) && more.length === 0 && content.length <= SMALL_CONTENT_BYTES;
  const whole = isSmall && writes === "whole" ? Buffer.concat([head, content]) : null;
  response.prepared = { second, version, connection, head, whole };
  return response.prepared;
}

function headOctets(
  { status, fields }: Response,
  version: HttpVersion,
  connection: ConnectionOption,
  second: number,
): Buffer {
  if (second !== dateSecond) {
    dateSecond = second;
    dateField = `Date: ${formatDate(second * 1000)}\r\n`;
  }
  const option = connection === "" ? "" : `Connection: ${connection}\r\n`;
  const statusLine = `HTTP/${version} ${status} ${REASON_PHRASES[status] ?? ""}\r\n`;
  return Buffer.from(`${statusLine}${dateField}${fields}${option}\r\n`, "latin1");
}
