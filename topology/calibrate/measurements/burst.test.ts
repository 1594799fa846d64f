import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Direction, UNIMPAIRED } from "../../../lib/link/direction.ts";
import type { LinkSettings } from "../../../lib/link/link.ts";
import { burstPlan, checkBurst, predictThrough } from "./burst.ts";

const DIRECTION: Direction = {
  ...UNIMPAIRED,
  delayMillis: 50,
  rateBitsPerSecond: 50e6,
  queue: { kind: "drop-tail", amount: 1, unit: "bdp" },
};

function link(change: Partial<Direction> = {}): LinkSettings {
  const direction = { ...DIRECTION, ...change };
  return { forward: direction, backward: direction, seed: null };
}

/** `count` packets, one every `step` milliseconds. */
function paced(count: number, step: number): number[] {
  return Array.from({ length: count }, (_, index) => index * step);
}

describe("the prediction of a burst", () => {
  it("lets through what fits the queue when all packets come at once", () => {
    assert.equal(predictThrough(paced(100, 0), 41, 0.24), 41);
    assert.equal(predictThrough(paced(40, 0), 41, 0.24), 40);
  });

  it("lets everything through that comes no faster than it is sent", () => {
    assert.equal(predictThrough(paced(1000, 0.25), 1, 0.24), 1000);
  });

  it("adds what is sent on during the burst: the queue and duration times rate", () => {
    // 800 packets in 40 ms at 0.25 ms each: 160 leave during the burst, 412 wait at its end; the last edge is one packet.
    assert.ok(Math.abs(predictThrough(paced(800, 0.05), 412, 0.25) - (412 + 160)) <= 1);
  });

  it("agrees with a queue followed in small steps of time", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 25 }),
        (gaps, queued, packetTicks) => {
          let at = 0;
          const arrivals = gaps.map((gap) => (at += gap));
          assert.equal(predictThrough(arrivals, queued, packetTicks), throughByTicks(arrivals, queued, packetTicks));
        },
      ),
    );
  });
});

/** The same queue, tick by tick: a packet leaves, then those of this tick arrive, then one begins to be sent. */
function throughByTicks(arrivals: readonly number[], queued: number, packetTicks: number): number {
  let [inside, through, remaining] = [0, 0, 0];
  for (let tick = 0; tick <= (arrivals.at(-1) ?? 0); tick += 1) {
    if (remaining > 0) {
      remaining -= 1;
      if (remaining === 0) inside -= 1;
    }
    if (remaining === 0 && inside > 0) remaining = packetTicks;
    for (const arrival of arrivals) {
      if (arrival !== tick || inside >= queued) continue;
      inside += 1;
      through += 1;
      if (remaining === 0) remaining = packetTicks;
    }
  }
  return through;
}

describe("the check of a burst", () => {
  const settings = link();

  it("is within when the declared queue came through and outside when another did", () => {
    const sentAtMillis = paced(1600, 0.05);
    const expected = predictThrough(sentAtMillis, 412, 0.24224);
    const check = (received: number) => checkBurst(settings, settings.forward, { sentAtMillis, received });
    assert.deepEqual([check(expected).verdict, check(expected).configured], ["within", 412]);
    // One netem for delay and rate, its limit counting what is in flight: twice the queue comes through.
    assert.equal(check(expected + 412).verdict, "outside");
    assert.equal(check(380).verdict, "outside");
    // Less than was sent on in time, but not less than the queue, or a little more: a link that was held up shows the same.
    assert.equal(check(expected - 40).verdict, "unjudged");
    assert.equal(check(expected + 40).verdict, "unjudged");
  });

  it("gives no verdict when the source was too slow to fill the queue", () => {
    const sentAtMillis = paced(1600, 0.3);
    assert.equal(checkBurst(settings, settings.forward, { sentAtMillis, received: 1600 }).verdict, "unjudged");
  });

  it("is not made where it could not tell", () => {
    const plan = (change: Partial<Direction>) => burstPlan(link(change), link(change).forward);
    assert.ok("millis" in plan({}));
    assert.match(JSON.stringify(plan({ rateBitsPerSecond: null })), /nothing queues/);
    assert.match(JSON.stringify(plan({ rateBitsPerSecond: 400e6 })), /cannot send faster/);
    assert.match(
      JSON.stringify(plan({ rateBitsPerSecond: 1e6, queue: { kind: "drop-tail", amount: 1000, unit: "packets" } })),
      /too long/,
    );
  });
});
