// A few hundred simulated lives. tests/slow has 20,000, and `npm run soak` a million.

import assert from "node:assert/strict";
import { it } from "node:test";
import { type LifePlan, live } from "./simulation/life.ts";
import { liveMany } from "./simulation/lives.ts";
import { CLEAR_PATH } from "./simulation/path.ts";
import type { TalkerPlan } from "./simulation/talker.ts";

it("250 lives over bad networks end well: all that was sent arrives in order, once, and both ends finish", () => {
  const exercised = new Set<string>();
  liveMany(250, 20_260_101, ({ counters }) => {
    for (const [name, count] of Object.entries(counters)) if (count > 0) exercised.add(name);
  });
  // Every counted mechanism must have been at work, or the lives prove less than they seem to. A
  // segment of an honest peer is refused only after a late copy of a SYN-ACK; that is counted too.
  assert.deepEqual([...exercised].sort(), Object.keys(live(plan).counters).sort());
});

const quiet: TalkerPlan = {
  seed: 1,
  bytes: 0,
  expectedBytes: 0,
  expectedSeed: 2,
  writeBytes: 5000,
  writePauseMillis: 0,
  flushRatio: 0,
  readBytes: 5000,
  readPauseMillis: 0,
  closesLast: false,
  abortsAtMillis: null,
  mayFail: false,
};
const speaker = { ...quiet, bytes: 30_000 };
const listener = { ...quiet, seed: 2, expectedBytes: 30_000, expectedSeed: 1 };
const path = { ...CLEAR_PATH, delayMillis: 20 };
const plan: LifePlan = {
  seed: 7,
  paths: [path, path],
  options: [{}, {}],
  talks: [[speaker, listener]],
  simultaneous: false,
  wrapsAfterSegments: null,
  movesAtMillis: null,
  lateMillis: [0, 0],
  batchDatagrams: [64, 64],
};

it("the same seed gives the same life, to the last line of its timeline", () => {
  const lossy: LifePlan = { ...plan, paths: [{ ...path, lossRatio: 0.2, jitterMillis: 9 }, path] };
  const first = live(lossy, true);
  assert.equal(first.failure, null);
  assert.ok(first.timeline.length > 50);
  assert.deepEqual(live(lossy, true), first);
});

it("a life in which other bytes arrive than were sent fails and says where", () => {
  const wrong: LifePlan = { ...plan, talks: [[speaker, { ...listener, expectedSeed: 3 }]] };
  assert.match(live(wrong).failure ?? "", /byte \d+ is not what was sent/);
});

it("a life in which less arrives than was promised fails", () => {
  const wrong: LifePlan = { ...plan, talks: [[speaker, { ...listener, expectedBytes: 30_001 }]] };
  assert.match(live(wrong).failure ?? "", /ended after 30000 of 30001 bytes/);
});

it("a path that never carries anything fails with a dead peer, and is not taken for a deadlock", () => {
  const dark = { ...path, lossRatio: 1 };
  assert.match(live({ ...plan, paths: [dark, dark] }).failure ?? "", /E_RUDP_PEER_DEAD/);
});
