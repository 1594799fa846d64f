import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { changeTurns } from "./change-turns.ts";

function client() {
  const gone = new AbortController();
  const events: string[] = [];
  return { events, asker: { emit: (event: string) => void events.push(event), signal: gone.signal }, gone };
}

/** Work that lasts until it is ended. */
function lasting() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve, fail: reject };
}

describe("work on a link", () => {
  it("is done in the order of the requests, also after some that failed", async () => {
    const [inTurn, first, done] = [changeTurns(), lasting(), [] as number[]];
    const failing = inTurn(first.work);
    const others = [1, 2].map((number) => inTurn(async () => void done.push(number), client().asker));
    first.fail(new Error("it failed"));
    await assert.rejects(failing, /it failed/);
    await Promise.all(others);
    assert.deepEqual(done, [1, 2]);
  });

  it("is said to wait at once while other work is under way, and only then", async () => {
    const [inTurn, first, early, late] = [changeTurns(), lasting(), client(), client()];
    const begun = inTurn(first.work, early.asker);
    const second = inTurn(async () => {}, late.asker);
    assert.deepEqual([early.events, late.events], [[], ["waiting"]]);
    first.end();
    await Promise.all([begun, second]);
    await inTurn(async () => {}, early.asker);
    assert.deepEqual([early.events, late.events], [[], ["waiting"]]);
  });

  it("is not done once its client has gone, who need not wait for that, and lets nobody in early", async () => {
    const [inTurn, first, leaving, staying] = [changeTurns(), lasting(), client(), client()];
    const done: string[] = [];
    const begun = inTurn(async () => {
      await first.work();
      done.push("first");
    });
    const left = inTurn(async () => void done.push("left"), leaving.asker);
    const stayed = inTurn(async () => void done.push("stayed"), staying.asker);
    leaving.gone.abort();
    await assert.rejects(left, { code: "E_CANCELLED" });
    assert.deepEqual(done, []);
    first.end();
    await Promise.all([begun, stayed]);
    assert.deepEqual(done, ["first", "stayed"]);
  });

  it("is done at once for a client whose input has ended already, where nothing is under way", async () => {
    const { asker, gone } = client();
    gone.abort();
    assert.equal(await changeTurns()(async () => "done", asker), "done");
  });

  it("that puts something back waits, whoever has gone", async () => {
    const [inTurn, first] = [changeTurns(), lasting()];
    const [begun, back] = [inTurn(first.work), inTurn(async () => "back")];
    first.end();
    assert.equal(await back, "back");
    await begun;
  });
});
