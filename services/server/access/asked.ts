// A request and its client, as far as rules look at them.

import type { Request } from "../http/message.ts";

/** Addresses of the two ends of the client's connection, from a socket or made up. */
export interface Client {
  remoteAddress: string;
  localAddress: string;
}

/**
 * `uri` is the path without escapes, empty names and dot segments, with one code unit per octet.
 */
export interface Asked {
  request: Request;
  client: Client;
  uri: string;
}
