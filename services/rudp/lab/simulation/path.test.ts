// Everything else is judged on the simulated path, so the path is judged first.

import assert from "node:assert/strict";
import { it } from "node:test";
import { randomSequence } from "../../../../lib/random.ts";
import { CLEAR_PATH, carry, createPath, type PathSettings } from "./path.ts";

const DATAGRAM = Uint8Array.from({ length: 1032 }, (_, i) => i);

function pathOf(settings: Partial<PathSettings>) {
  return createPath({ ...CLEAR_PATH, ...settings }, randomSequence(4));
}

it("a clear path delivers each datagram once, as it was, after its delay", () => {
  const arrivals = carry(pathOf({ delayMillis: 12.5 }), DATAGRAM, 100);
  assert.deepEqual(arrivals, [{ atMillis: 112.5, bytes: DATAGRAM }]);
});

it("a copy arrives, so the sender may reuse its buffer", () => {
  const bytes = DATAGRAM.slice();
  const [arrival] = carry(pathOf({}), bytes, 0);
  bytes.fill(0);
  assert.deepEqual(arrival?.bytes, DATAGRAM);
});

it("loses, doubles and damages as often as it says, and counts it", () => {
  const path = pathOf({ lossRatio: 0.1, duplicateRatio: 0.2, corruptRatio: 0.05 });
  let arrived = 0;
  const count = 20_000;
  for (let i = 0; i < count; i++) arrived += carry(path, DATAGRAM, i).length;
  const { sent, lost, duplicated, corrupted } = path.counters;
  assert.deepEqual([sent, arrived], [count, count - lost + duplicated]);
  // Four standard deviations of a binomial count.
  const near = (found: number, of: number, ratio: number) =>
    assert.ok(Math.abs(found - of * ratio) < 4 * Math.sqrt(of * ratio * (1 - ratio)), `${found} of ${of}`);
  near(lost, count, 0.1);
  near(duplicated, count - lost, 0.2);
  near(corrupted, arrived, 0.05);
});

it("jitter lets a datagram overtake, and stays within its bound", () => {
  const path = pathOf({ delayMillis: 10, jitterMillis: 5 });
  const times = Array.from({ length: 1000 }, (_, i) => carry(path, DATAGRAM, i)[0]?.atMillis as number);
  assert.ok(times.every((at, i) => at >= i + 10 && at < i + 15));
  assert.ok(times.some((at, i) => i > 0 && at < (times[i - 1] as number)));
});

it("a rate spaces datagrams by their time on the link, headers included", () => {
  const path = pathOf({ rateBitsPerSecond: 8_480_000 });
  const times = Array.from({ length: 3 }, () => carry(path, DATAGRAM, 0)[0]?.atMillis);
  assert.deepEqual(times, [1, 2, 3]);
});

it("a full queue drops, and a queue that has drained does not", () => {
  const path = pathOf({ rateBitsPerSecond: 8_480_000, queueDatagrams: 3 });
  const delivered = Array.from({ length: 5 }, () => carry(path, DATAGRAM, 0).length);
  assert.deepEqual(delivered, [1, 1, 1, 0, 0]);
  assert.equal(path.counters.dropped, 2);
  assert.equal(carry(path, DATAGRAM, 1.5).length, 1);
});

it("a black-out swallows what leaves during it, and nothing else", () => {
  const path = pathOf({ blackouts: [[10, 20]] });
  assert.deepEqual(
    [9.9, 10, 19.9, 20].map((at) => carry(path, DATAGRAM, at).length),
    [1, 0, 0, 1],
  );
});

it("periodic loss takes every n-th datagram", () => {
  const path = pathOf({ lossPeriodDatagrams: 3 });
  assert.deepEqual(
    Array.from({ length: 7 }, () => carry(path, DATAGRAM, 0).length),
    [1, 1, 0, 1, 1, 0, 1],
  );
});
