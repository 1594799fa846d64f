import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Dialler } from "../../lib/sockets/dial.ts";
import { Deadlines, type Limited } from "./deadlines.ts";

/** A clock that goes on to whatever is set, and the deadlines on it. */
function rig(limited: Iterable<Limited>) {
  let nowMillis = 0;
  let setMillis = Number.POSITIVE_INFINITY;
  let ring = () => {};
  const dialler = {
    now: () => nowMillis,
    alarm(work: () => void) {
      ring = work;
      const set = (atMillis: number) => {
        setMillis = atMillis;
      };
      return { set, clear() {} };
    },
  } as unknown as Dialler;
  const deadlines = new Deadlines(dialler, limited);
  const run = () => {
    while (Number.isFinite(setMillis)) {
      nowMillis = setMillis;
      setMillis = Number.POSITIVE_INFINITY;
      ring();
    }
  };
  return { deadlines, run };
}

function limitedBy(limitMillis: number, expire: (nowMillis: number) => void) {
  const one = {
    limitMillis,
    expire(nowMillis: number) {
      one.limitMillis = Number.POSITIVE_INFINITY;
      expire(nowMillis);
    },
  };
  return one;
}

describe("time limits", () => {
  it("expire in their time, those of connections and others", () => {
    const expired: [string, number][] = [];
    const note = (name: string) => (nowMillis: number) => expired.push([name, nowMillis]);
    const { deadlines, run } = rig([limitedBy(30, note("a")), limitedBy(10, note("b"))]);
    deadlines.watch(limitedBy(20, note("other")));
    for (const limitMillis of [30, 10, 20]) deadlines.note(limitMillis);
    run();
    assert.deepEqual(expired, [
      ["b", 10],
      ["other", 20],
      ["a", 30],
    ]);
  });

  it("are kept that one gets which was looked at already, when another expires", () => {
    const expired: number[] = [];
    const first = limitedBy(Number.POSITIVE_INFINITY, (nowMillis) => expired.push(nowMillis));
    const second = limitedBy(10, () => {
      first.limitMillis = 15;
      deadlines.note(15);
    });
    const { deadlines, run } = rig([first, second]);
    deadlines.note(10);
    run();
    assert.deepEqual(expired, [15]);
  });
});
