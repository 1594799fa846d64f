// Events in a long connection that would distort a study if they changed it for good. Each runs in
// virtual time with the numbers at which it once went wrong.

import assert from "node:assert/strict";
import { it } from "node:test";
import type { Application } from "../../services/rudp/lab/simulation/network.ts";
import { CLEAR_PATH } from "../../services/rudp/lab/simulation/path.ts";
import { createScene, passTo, type Scene, type ScenePlan } from "../../services/rudp/lab/simulation/scene.ts";
import type { ControllerName } from "../../services/rudp/protocol/congestion/table.ts";
import { type Connection, flush, write } from "../../services/rudp/protocol/connection/connection.ts";
import { resentSegments } from "../../services/rudp/protocol/connection/counters.ts";

const HALF = { ...CLEAR_PATH, delayMillis: 50, rateBitsPerSecond: 50e6, queueDatagrams: 590 };
const QUEUES = { sendQueueSegments: 4096, receiveQueueSegments: 4096 };
const zeros = new Uint8Array(4_000_000);

/** Always has data to send. */
const bulk = (sender: Connection) => () => {
  while (write(sender, zeros) > 0);
  return Number.POSITIVE_INFINITY;
};

/** Mbit/s acknowledged between two times. */
function goodput(scene: Scene, fromMillis: number, toMillis: number): number {
  passTo(scene, fromMillis);
  const before = scene.sender.counters.dataBytesAcknowledged;
  passTo(scene, toMillis);
  return (scene.sender.counters.dataBytesAcknowledged - before) / 125 / (toMillis - fromMillis);
}

const NEAR = { ...HALF, delayMillis: 10 };

for (const [name, detourMillis] of [
  ["one segment late by 30 ms", (now: number) => (now >= 1000 && now < 1000.2 ? 30 : 0)],
  ["a fall of the delay by 40 ms", (now: number) => (now < 1000 ? 40 : 0)],
] as const) {
  it(`${name}: 1 % loss afterwards costs what it costs without`, () => {
    const lossAfter = (detour: (nowMillis: number) => number) => {
      const forward = { ...NEAR };
      const scene = createScene({ seed: 1, forward, backward: NEAR, options: QUEUES }, bulk);
      const { sender, network } = scene;
      network.detourMillis = (connection) => (connection === sender ? detour(network.nowMillis) : 0);
      passTo(scene, 3000);
      forward.lossRatio = 0.01;
      return { rate: goodput(scene, 5000, 65_000), timeouts: sender.counters.timeouts };
    };
    const [without, after] = [lossAfter(() => 0), lossAfter(detourMillis)];
    const found = `${JSON.stringify(after)} against ${JSON.stringify(without)}`;
    // Some 300 loss events each, so each rate is known to about 3 %.
    assert.ok(Math.abs(after.rate / without.rate - 1) < 0.1, found);
    assert.ok(after.timeouts <= without.timeouts + 3, found);
  });
}

it("SRTT follows a round trip that grew from 39 to 222 ms within eight round trips although acknowledgements are stretched", () => {
  const half = { ...CLEAR_PATH, delayMillis: 19.5, rateBitsPerSecond: 50e6, queueDatagrams: 1000 };
  const options = { ...QUEUES, controller: "fixed", fixedWindowSegments: 180, ackEverySegments: 64 } as const;
  const scene = createScene({ seed: 1, forward: half, backward: half, options }, bulk);
  passTo(scene, 3000);
  assert.ok(Math.abs(scene.sender.rtt.smoothedMillis - 39) < 15, `${scene.sender.rtt.smoothedMillis}`);
  scene.network.detourMillis = (connection) => (connection === scene.sender ? 183 : 0);
  passTo(scene, 3000 + 8 * 222 + 222);
  // RFC 6298 with one sample per round trip: after eight of them (7/8)^8 = 34 % of the difference
  // is left. More samples may only be faster.
  assert.ok(scene.sender.rtt.smoothedMillis > 222 - 0.35 * 183 - 5, `${scene.sender.rtt.smoothedMillis}`);
  passTo(scene, 3000 + 8000);
  assert.ok(scene.sender.rtt.smoothedMillis > 215, `${scene.sender.rtt.smoothedMillis}`);
});

/**
 * Writes `segments` every `pauseMillis` up to that time, and as much as fits afterwards. It never
 * idles for a time-out.
 */
function thinUntil(untilMillis: number, segments: number, pauseMillis: number) {
  return (sender: Connection): Application => {
    let next = 0;
    return (nowMillis) => {
      if (nowMillis >= untilMillis) return bulk(sender)();
      if (nowMillis < next) return next;
      write(sender, zeros, zeros.length - segments * 1000);
      flush(sender);
      next = nowMillis + pauseMillis;
      return next;
    };
  };
}

for (const controller of ["newreno", "cubic"] as const satisfies ControllerName[]) {
  for (const pacing of [false, true]) {
    it(`${controller}: 60 s of thin sends leave the window to grow as if they had not been (pacing ${pacing})`, () => {
      const afterThin = (thinMillis: number) => {
        const clear = { ...CLEAR_PATH, delayMillis: 50 };
        const options = { ...QUEUES, controller, pacing, fixedWindowSegments: 1 };
        let isThin = true;
        const scene = createScene({ seed: 1, forward: clear, backward: clear, options }, (sender) => {
          let next = 0;
          return (nowMillis) => {
            if (!isThin) return bulk(sender)();
            if (nowMillis < next) return next;
            write(sender, zeros, zeros.length - 20_000);
            next = nowMillis + 100;
            return next;
          };
        });
        passTo(scene, 1000);
        // Congestion avoidance around a window of 137, as after a loss.
        scene.sender.congestion.windowSegments = 200;
        scene.sender.controller.lossDetected(scene.sender.congestion, 196, 1000);
        isThin = false;
        passTo(scene, 1500);
        isThin = true;
        passTo(scene, 1500 + thinMillis);
        const before = scene.sender.congestion.windowSegments;
        isThin = false;
        passTo(scene, 1500 + thinMillis + 800);
        return scene.sender.congestion.windowSegments / before;
      };
      const [short, long] = [afterThin(1000), afterThin(60_000)];
      assert.ok(Math.abs(long - short) < 0.05, `grew by ${long} after a minute, by ${short} after a second`);
    });
  }
}

for (const controller of ["newreno", "cubic", "slow-start-only", "tahoe"] as const) {
  it(`${controller}: a stall of one second sends nothing again but the oldest segment, and leaves the window as it was`, () => {
    const options = { ...QUEUES, controller, slowStartAfterIdle: false };
    let isDue = false;
    const scene = createScene({ seed: 1, forward: HALF, backward: HALF, options }, (sender) => (nowMillis) => {
      if (isDue) write(sender, zeros, zeros.length - 426_000);
      isDue = false;
      return nowMillis < 1000 ? 1000 : Number.POSITIVE_INFINITY;
    });
    passTo(scene, 1000);
    scene.sender.congestion.windowSegments = 500;
    isDue = true;
    passTo(scene, 1010);
    assert.equal(scene.sender.counters.dataSegmentsSent, 426);
    scene.network.detourMillis = () => Math.max(0, 2000 - scene.network.nowMillis);
    passTo(scene, 6000);
    // The timer expires 0.2 s and more after the round trip of 0.1 s, and again after twice that:
    // one copy each.
    const { counters, congestion, send } = scene.sender;
    assert.ok(counters.timeouts >= 2 && resentSegments(counters) === counters.timeouts, JSON.stringify(counters));
    assert.ok(congestion.windowSegments >= 500, `${congestion.windowSegments}`);
    assert.deepEqual([send.una, counters.spuriousRecoveries], [427, 1]);
  });
}

it("a reduction that was undone leaves CUBIC where it would be without it", () => {
  const every = (periodMillis: number, lateMillis: number) => {
    let next = 1000;
    return (nowMillis: number) => {
      if (nowMillis < next) return 0;
      next += periodMillis;
      return lateMillis;
    };
  };
  const rate = (late: (nowMillis: number) => number) => {
    const half = { ...CLEAR_PATH, delayMillis: 50, rateBitsPerSecond: 100e6, queueDatagrams: 4000 };
    const options = { ...QUEUES, controller: "cubic", adaptToReordering: false } as const;
    const scene = createScene({ seed: 1, forward: half, backward: half, options }, bulk);
    passTo(scene, 300);
    scene.sender.controller.lossDetected(scene.sender.congestion, 200, 300);
    scene.network.detourMillis = (connection) => (connection === scene.sender ? late(scene.network.nowMillis) : 0);
    const found = goodput(scene, 1000, 13_000);
    return { found, spurious: scene.sender.counters.spuriousRecoveries };
  };
  const [plain, late] = [rate(() => 0), rate(every(500, 10))];
  assert.ok(late.spurious > 10, `${late.spurious} undone`);
  assert.ok(late.found > 0.9 * plain.found, `${late.found} against ${plain.found} Mbit/s`);
});

it("after ten minutes of thin sends a quarter of the unused window is left", () => {
  const plan: ScenePlan = { seed: 1, forward: HALF, backward: HALF, options: QUEUES };
  const sent: number[] = [];
  const scene = createScene(plan, thinUntil(602_000, 2, 100));
  passTo(scene, 1000);
  scene.sender.congestion.windowSegments = 770;
  scene.sender.congestion.thresholdSegments = 770;
  passTo(scene, 601_990);
  const before = scene.sender.counters.dataSegmentsSent;
  passTo(scene, 602_010);
  sent.push(scene.sender.counters.dataSegmentsSent - before);
  assert.ok((sent[0] as number) <= 770 / 4 + 2, `${sent[0]} at once`);
  assert.ok((sent[0] as number) >= 10);
});

for (const fromMillis of [0, 5000]) {
  it(`a path that carries small packets only from ${fromMillis} ms on ends the connection within a minute, and says so`, () => {
    let bytes = 0;
    const observe: ScenePlan["observe"] = (event) => {
      if (event.kind === "sent") bytes = event.bytes.length;
    };
    const scene = createScene({ seed: 1, forward: HALF, backward: HALF, options: {}, observe }, bulk);
    const { network, sender } = scene;
    network.detourMillis = () => (network.nowMillis >= fromMillis && bytes > 548 ? Number.POSITIVE_INFINITY : 0);
    passTo(scene, fromMillis + 59_000);
    assert.equal(sender.failure, null);
    passTo(scene, fromMillis + 61_000);
    assert.equal(sender.failure, "E_RUDP_PATH");
  });
}

for (const lateMillis of [0, 5, 10]) {
  it(`a receiver that finds the segments of ${lateMillis} ms at once, a tenth of them lost, gets again what was lost and nothing else`, () => {
    const options = { controller: "fixed", fixedWindowSegments: 250 } as const;
    let left = 5_000_000;
    // Less late than a quarter of the round trip, after which a copy that was overtaken is lost.
    const half = { ...HALF, delayMillis: 25 };
    const plan: ScenePlan = { seed: 1, forward: { ...half, lossRatio: 0.1 }, backward: half, options };
    const scene = createScene(plan, (sender) => () => {
      for (let taken = 1; taken > 0 && left > 0; left -= taken) {
        taken = write(sender, zeros, Math.max(0, zeros.length - left));
      }
      return Number.POSITIVE_INFINITY;
    });
    const [{ out }, receiver] = scene.network.nodes;
    receiver.lateMillis = lateMillis;
    passTo(scene, 60_000);
    const { counters, send } = scene.sender;
    assert.equal(send.una, 5001);
    const resent = resentSegments(counters);
    // A few copies are RFC 6675's last resorts.
    assert.ok(resent <= 1.01 * out.counters.lost, `${resent} of ${out.counters.lost} lost`);
  });
}

it("with pacing, a window that is not half used does not grow although segments wait for their turn", () => {
  const clear = { ...CLEAR_PATH, delayMillis: 50 };
  const plan: ScenePlan = { seed: 1, forward: clear, backward: clear, options: { ...QUEUES, pacing: true } };
  const scene = createScene(plan, thinUntil(Number.POSITIVE_INFINITY, 60, 14));
  passTo(scene, 1000);
  const { congestion } = scene.sender;
  congestion.windowSegments = congestion.thresholdSegments = 1000;
  passTo(scene, 11_000);
  assert.equal(congestion.windowSegments, 1000);
});
