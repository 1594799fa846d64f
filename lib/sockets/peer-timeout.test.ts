import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import { peerTimeout } from "./peer-timeout.ts";

const LIMIT_MILLIS = 1_000;

/** A peer whose time is the test's, with what it has taken and how often it has expired. */
function waitingPeer(test: TestContext) {
  test.mock.timers.enable({ apis: ["setInterval"] });
  const peer = { taken: 0, expired: 0 };
  const limit = peerTimeout(
    LIMIT_MILLIS,
    () => peer.taken,
    () => peer.expired++,
  );
  limit.begin();
  return { peer, limit, pass: (millis: number) => test.mock.timers.tick(millis) };
}

it("a peer that takes a little just within the limit, again and again, never expires", (test) => {
  const { peer, pass } = waitingPeer(test);
  for (let time = 0; time < 20; time++) {
    pass(LIMIT_MILLIS - 1);
    peer.taken++;
  }
  assert.equal(peer.expired, 0);
});

it("one that takes nothing any more expires once, late by a tenth of the limit at most", (test) => {
  const { peer, pass } = waitingPeer(test);
  pass(LIMIT_MILLIS / 2);
  peer.taken++;
  pass(LIMIT_MILLIS - 1);
  assert.equal(peer.expired, 0);
  pass(1 + LIMIT_MILLIS / 10);
  assert.equal(peer.expired, 1);
  pass(5 * LIMIT_MILLIS);
  assert.equal(peer.expired, 1);
});

it("the time in which nothing waits for it does not count", (test) => {
  const { peer, limit, pass } = waitingPeer(test);
  for (let time = 0; time < 5; time++) {
    pass(LIMIT_MILLIS - 1);
    limit.end();
    pass(5 * LIMIT_MILLIS);
    limit.begin();
  }
  assert.equal(peer.expired, 0);
});
