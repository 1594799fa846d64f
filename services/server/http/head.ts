// The head of a response as octets. A response that is sent again within the same second has its head ready.

import { formatDate } from "./date.ts";
import type { Request, Response } from "./message.ts";
import { REASON_PHRASES } from "./status.ts";

/** What the Connection field says: nothing where HTTP/1.1 persists, `keep-alive` where 1.0 does, else `close`. */
export type ConnectionOption = "" | "keep-alive" | "close";

let dateSecond = -1;
let dateField = "";

/** The option that tells the client whether the connection goes on. */
export function connectionOption(request: Request | null, persists: boolean): ConnectionOption {
  if (!persists) return "close";
  return request?.minorVersion === 0 ? "keep-alive" : "";
}

/** Status line and header fields, with the blank line. Kept on the response for as long as the same head would be made again. */
export function headOctets(response: Response, connection: ConnectionOption, nowMillis: number): Buffer {
  const second = Math.trunc(nowMillis / 1000);
  const { head } = response;
  if (head !== undefined && head.second === second && head.connection === connection) return head.bytes;
  if (second !== dateSecond) {
    dateSecond = second;
    dateField = `Date: ${formatDate(nowMillis)}\r\n`;
  }
  const option = connection === "" ? "" : `Connection: ${connection}\r\n`;
  const status = `HTTP/1.1 ${response.status} ${REASON_PHRASES[response.status] ?? ""}\r\n`;
  const bytes = Buffer.from(`${status}${dateField}${response.fields}${option}\r\n`, "latin1");
  response.head = { second, connection, bytes };
  return bytes;
}
