// Settings of a transfer that are refused, each for one reason.

import assert from "node:assert/strict";
import { it } from "node:test";
import { readRun } from "./settings.ts";

const pathsOf = (asked: object) => readRun({ target: "sink:4000", ...asked }).problems.map(({ path }) => path);

it("a transfer is bounded by bytes or seconds as its direction needs", () => {
  const [bytes, seconds] = [{ bytes: 1 }, { seconds: 1 }];
  for (const asked of [bytes, seconds, { direction: "receive", ...bytes }, { direction: "both", ...seconds }])
    assert.deepEqual(pathsOf(asked), []);
  for (const asked of [
    {},
    { ...bytes, ...seconds },
    { direction: "receive" },
    { direction: "receive", ...seconds },
    { direction: "both", ...bytes },
  ])
    assert.deepEqual(pathsOf(asked), ["bytes"], JSON.stringify(asked));
});

it("a value that is none is the only problem, though others depend on it", () => {
  assert.deepEqual(pathsOf({ direction: "sideways", seconds: 1, connection: { pacing: true } }), ["direction"]);
  assert.deepEqual(pathsOf({ bytes: 1, connection: 5 }), ["connection"]);
  assert.deepEqual(pathsOf({ bytes: -1 }), ["bytes"]);
});

it("an option is followed by the end that sends, by the one that receives, or by either", () => {
  const followed = (connection: object) =>
    [
      { direction: "send", bytes: 1 },
      { direction: "receive", bytes: 1 },
      { direction: "both", seconds: 1 },
    ]
      .filter((asked) => pathsOf({ ...asked, connection }).length === 0)
      .map(({ direction }) => direction);
  for (const connection of [{ controller: "newreno" }, { initialWindowSegments: 10 }, { minimumRtoMillis: 1000 }])
    assert.deepEqual(followed(connection), ["send"], JSON.stringify(connection));
  assert.deepEqual(followed({ delayedAckMillis: 25 }), ["receive"]);
  assert.deepEqual(followed({ sack: false, timeWaitMillis: 50, peerTimeoutMillis: 1000 }), ["send", "receive", "both"]);
});
