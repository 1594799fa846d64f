// A request and its client: all that rules look at.

import type { Request } from "../http/message.ts";

/** The two ends of the connection that asks: of a socket, or made up. */
export interface Client {
  remoteAddress: string;
  localAddress: string;
}

/** `uri` is the path without escapes, empty names and dot segments, one code unit for each octet. */
export interface Asked {
  request: Request;
  client: Client;
  uri: string;
}
