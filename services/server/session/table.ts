// The protocols of the server. A new one is a file and a line here.

import { echoSessions } from "./echo-session.ts";
import { type HttpOptions, httpSessions } from "./http-session.ts";
import type { SessionSurroundings, Sessions } from "./session.ts";

type Protocol = (options: HttpOptions, surroundings: SessionSurroundings) => Sessions;

export const PROTOCOLS = { http: httpSessions, echo: echoSessions } as const satisfies Record<string, Protocol>;
export type ProtocolName = keyof typeof PROTOCOLS;

/** Plain data that threads and processes can receive. */
export interface SessionConfig extends HttpOptions {
  protocol: ProtocolName;
}

/** The sessions of one event loop, thread or process. */
export function startSessions(config: SessionConfig, surroundings: SessionSurroundings): Sessions {
  const start: Protocol = PROTOCOLS[config.protocol];
  return start(config, surroundings);
}
