import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runPart } from "./run-part.ts";

describe("a part of the tests beside an engine", { timeout: 10_000 }, () => {
  const running = (script: string) => ({ beside: ["sh", "-c", script], environment: process.env });

  it("has the totals that it ends with", async () => {
    const { passed, failed } = await runPart("any", running("echo '3 passed, 1 failed'"), AbortSignal.any([]));
    assert.deepEqual([passed, failed], [3, 1]);
  });

  it("is given up at once when interrupted, though it still runs: it ends with its engine", async () => {
    const interruption = new AbortController();
    const unending = runPart("any", running("exec sleep 1"), interruption.signal);
    interruption.abort();
    await assert.rejects(unending, { name: "AbortError" });
  });

  it("rejects where it cannot be started", async () => {
    const nowhere = { beside: ["/nowhere/nsenter"], environment: process.env };
    await assert.rejects(runPart("any", nowhere, AbortSignal.any([])), { code: "ENOENT" });
  });
});
