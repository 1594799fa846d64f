import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { interruptible } from "./interruptible.ts";

describe("interruptible work", () => {
  it("learns of a signal, goes on to its end, and leaves no handler behind", async () => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const before = process.listenerCount(name);
      const result = await interruptible(async (signal) => {
        process.kill(process.pid, name);
        await once(signal, "abort");
        process.kill(process.pid, name);
        return "cleaned up";
      }, "SIGHUP");
      assert.equal(result, "cleaned up");
      assert.equal(process.listenerCount(name), before);
    }
  });

  it("can interrupt itself, and fails as it fails", async () => {
    const failing = interruptible(async (signal, interrupt) => {
      interrupt();
      signal.throwIfAborted();
    });
    await assert.rejects(failing, { name: "AbortError" });
  });

  it("does not undo nohup: SIGHUP is handled only on request", async () => {
    await interruptible(async () => assert.equal(process.listenerCount("SIGHUP"), 0));
  });
});
