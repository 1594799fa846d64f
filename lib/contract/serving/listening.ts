// Waits until a server of Node's listens.

import { once } from "node:events";
import type { Server } from "node:net";
import { RttlabError } from "../../errors.ts";

/**
 * Rejects with E_LISTEN if it cannot; `attempt` is what it was to do. A later error is a connection
 * that could not be accepted, which must not end the service.
 */
export async function listening(server: Server, attempt: string): Promise<void> {
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new RttlabError("E_LISTEN", `${attempt}: ${(cause as Error).message}`, { cause });
  }
  server.on("error", () => {});
}
