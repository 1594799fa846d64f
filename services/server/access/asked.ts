// Who asks for what: all that rules look at.

import type { Request } from "../http/message.ts";

/** Who asks, from where to where. */
export interface Client {
  address: string;
  serverAddress: string;
}

/** `uri` is the path without escapes, empty names and dot segments, one code unit for each octet. */
export interface Asked {
  request: Request;
  client: Client;
  uri: string;
}
