// The load generator's messages and the server's echo, which know nothing of each other.

import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, it } from "node:test";
import { parseSettings } from "../lib/contract/load/settings.ts";
import { parseWords } from "../lib/contract/load/words.ts";
import { emptyCounters } from "../services/loadgen/counters.ts";
import { runLoad } from "../services/loadgen/run.ts";
import { startServer } from "../services/server/cases/loopback-server.ts";
import { STRUCTURES } from "../services/server/structures/table.ts";

describe("messages to an echo server", () => {
  for (const name of ["event", "iterative"] as const)
    it(`come back from ${name}, back to back and at a rate`, async (context) => {
      const server = await startServer(STRUCTURES[name], tmpdir(), { protocol: "echo" });
      context.after(() => server.close(0));
      const run = (...words: string[]) => {
        const request = parseWords(["protocol=echo", `target=127.0.0.1:${server.port}`, "rtt=1ms", ...words]);
        return runLoad(parseSettings(request), null, emptyCounters(), () => {}, new AbortController().signal);
      };
      const closed = await run("requests=50", "size=1kB", "pipeline=4");
      assert.deepEqual([closed.completed, closed.failed, closed.connections], [50, 0, 1]);
      assert.equal(
        closed.seconds.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0),
        50_000,
      );
      assert.deepEqual(closed.statuses, {});
      const open = await run("requests=50", "rate=500", "connections=1", "size=lognormal:6,2+most:100kB");
      assert.deepEqual([open.offered, open.completed, open.failed], [50, 50, 0]);
    });
});
