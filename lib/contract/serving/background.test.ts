// The reasons that suspend the background load, and when it continues.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BackgroundLoop } from "./background.ts";

describe("the background", () => {
  it("runs what was set last, and one at a time", async () => {
    const { background, log } = stage();
    await background.set("a");
    await background.set("b");
    await background.set(null);
    assert.deepEqual(log, ["begin a", "end a", "begin b", "end b"]);
  });

  it("stands still until the last of those who hold it has let it go, whoever lets go twice", async () => {
    const { background, log } = stage();
    await background.set("a");
    const [first, second] = [await background.hold(), await background.hold()];
    first();
    first();
    assert.deepEqual(log, ["begin a", "end a"]);
    second();
    assert.deepEqual(log, ["begin a", "end a", "begin a"]);
  });

  it("runs the later of two that are set at once, when what ran before has ended", async () => {
    const { background, log } = stage();
    await background.set("a");
    await Promise.all([background.set("b"), background.set("c")]);
    assert.deepEqual(log, ["begin a", "end a", "begin c"]);
  });

  it("begins what was set while it was held only when it is let go", async () => {
    const { background, log } = stage();
    const letGo = await background.hold();
    await background.set("a");
    assert.deepEqual(log, []);
    letGo();
    assert.deepEqual(log, ["begin a"]);
  });

  it("is held only when what was under way has ended", async () => {
    const ended = Promise.withResolvers<void>();
    const background = new BackgroundLoop(() => ({ end: () => ended.promise }));
    await background.set("a");
    let isHeld = false;
    const holding = background.hold().then(() => {
      isHeld = true;
    });
    await new Promise(setImmediate);
    assert.equal(isHeld, false);
    ended.resolve();
    await holding;
    assert.equal(isHeld, true);
  });
});

function stage() {
  const log: string[] = [];
  const background = new BackgroundLoop((wanted: string) => {
    log.push(`begin ${wanted}`);
    return { end: async () => void log.push(`end ${wanted}`) };
  });
  return { background, log };
}
