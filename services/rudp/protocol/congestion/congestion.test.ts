// One suite for every controller, then what is each one's own.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Acknowledged, Congestion, CongestionSettings } from "./controller.ts";
import { cubic } from "./cubic.ts";
import { newreno } from "./newreno.ts";
import { reno } from "./reno.ts";
import { slowStartOnly } from "./slow-start-only.ts";
import { CONTROLLERS, type ControllerName, controllerNamed } from "./table.ts";
import { tahoe } from "./tahoe.ts";

const SETTINGS: CongestionSettings = { initialWindowSegments: 10, byteCountingLimit: 2, fixedWindowSegments: 50 };

function ack(segments: number, nowMillis = 0, afterRestart = false): Acknowledged {
  return { segments, nowMillis, smoothedRttMillis: 100, afterRestart };
}

for (const name of Object.keys(CONTROLLERS) as ControllerName[]) {
  const controller = controllerNamed(name);
  describe(name, () => {
    it("has the name it is listed by", () => assert.equal(controller.name, name));

    it("never makes its window smaller on an acknowledgement, nor less than one at all", () => {
      const state = controller.start(SETTINGS);
      for (let i = 0; i < 3000; i++) {
        const before = state.windowSegments;
        controller.acknowledged(state, ack(1 + (i % 3), i * 10), SETTINGS);
        assert.ok(state.windowSegments >= before && Number.isFinite(state.windowSegments), `${state.windowSegments}`);
        if (i % 97 === 0) controller.lossDetected(state, state.windowSegments, i * 10);
        if (i % 997 === 0) controller.timedOut(state, state.windowSegments, false);
        if (i % 499 === 0) controller.idled(state, SETTINGS);
        assert.ok(state.windowSegments >= 1, `${state.windowSegments}`);
      }
    });

    it("starts with a finite window of at least a segment and keeps connections apart", () => {
      const one = controller.start(SETTINGS);
      const other = controller.start(SETTINGS);
      controller.timedOut(one, 10, false);
      assert.deepEqual(other, controller.start(SETTINGS));
      assert.ok(other.windowSegments >= 1 && Number.isFinite(other.windowSegments));
    });
  });
}

function windows(state: Congestion) {
  return [state.windowSegments, state.thresholdSegments];
}

it("Reno and NewReno halve the flight, not the window, and never below two segments", () => {
  for (const controller of [reno, newreno]) {
    const state = controller.start(SETTINGS);
    controller.lossDetected(state, 8, 0);
    assert.deepEqual(windows(state), [4, 4]);
    controller.lossDetected(state, 3, 0);
    assert.deepEqual(windows(state), [2, 2]);
  }
});

it("Reno above its threshold adds one segment for each window acknowledged", () => {
  const state = reno.start(SETTINGS);
  reno.lossDetected(state, 20, 0);
  for (let window = 10; window < 60; window++) {
    assert.equal(state.windowSegments, window);
    for (let acked = 0; acked < window; acked++) reno.acknowledged(state, ack(1), SETTINGS);
  }
});

it("Reno's window grows by one a round trip although it is not whole: a round trip acknowledges the whole segments in it", () => {
  const state = reno.start(SETTINGS);
  reno.lossDetected(state, 7, 0);
  for (let window = 3; window < 20; window++) {
    assert.equal(state.windowSegments, window + 0.5);
    for (let acked = 0; acked < window; acked++) reno.acknowledged(state, ack(1), SETTINGS);
  }
});

it("Tahoe remembers the half and begins again from one", () => {
  const state = tahoe.start(SETTINGS);
  tahoe.lossDetected(state, 20, 0);
  assert.deepEqual(windows(state), [1, 10]);
});

it("a repeated time-out keeps the threshold", () => {
  const state = reno.start(SETTINGS);
  reno.timedOut(state, 20, false);
  reno.timedOut(state, 1, true);
  assert.deepEqual(windows(state), [1, 10]);
});

it("slow start only never leaves slow start", () => {
  const state = slowStartOnly.start(SETTINGS);
  slowStartOnly.timedOut(state, 10, false);
  for (let i = 0; i < 1000; i++) slowStartOnly.acknowledged(state, ack(1), SETTINGS);
  assert.equal(state.windowSegments, 1001);
});

it("slow start after a time-out credits one segment an acknowledgement, else two", () => {
  const state = reno.start(SETTINGS);
  reno.acknowledged(state, ack(4), SETTINGS);
  assert.equal(state.windowSegments, 12);
  reno.acknowledged(state, ack(4, 0, true), SETTINGS);
  assert.equal(state.windowSegments, 13);
});

describe("CUBIC against RFC 9438", () => {
  /**
   * A window of 200 segments lost at time 0; then an acknowledgement for each segment, a round trip
   * of 100 ms at a time.
   */
  function afterLoss() {
    const state = cubic.start({ ...SETTINGS, initialWindowSegments: 200 });
    state.thresholdSegments = 200;
    cubic.lossDetected(state, 200, 0);
    return state;
  }

  function roundTrips(state: ReturnType<typeof afterLoss>, from: number, count: number) {
    for (let round = from; round < from + count; round++) {
      const window = Math.floor(state.windowSegments);
      for (let i = 0; i < window; i++) cubic.acknowledged(state, ack(1, (round + i / window) * 100), SETTINGS);
    }
  }

  it("reduces to seven tenths and plans to be back after K = cbrt((W_max - cwnd) / C) seconds", () => {
    const state = afterLoss();
    assert.equal(state.windowSegments, 140);
    cubic.acknowledged(state, ack(1, 0), SETTINGS);
    assert.ok(Math.abs(state.plateauSeconds - Math.cbrt(60 / 0.4)) < 1e-9);
  });

  it("is back at the plateau after K, flat around it, and beyond it later", () => {
    const state = afterLoss();
    const rounds = Math.round(Math.cbrt(60 / 0.4) * 10);
    roundTrips(state, 0, rounds - 10);
    // One second before K the curve is C·1³ = 0.4 below W_max; the window aims one round trip
    // ahead.
    assert.ok(Math.abs(state.windowSegments - 199.6) < 1, `${state.windowSegments}`);
    roundTrips(state, rounds - 10, 20);
    assert.ok(Math.abs(state.windowSegments - 200.4) < 1, `${state.windowSegments}`);
    roundTrips(state, rounds + 10, 20);
    assert.ok(state.windowSegments > 208, `${state.windowSegments}`);
  });

  it("is not slower than Reno where the window is small", () => {
    const state = cubic.start(SETTINGS);
    state.thresholdSegments = 10;
    cubic.lossDetected(state, 10, 0);
    const before = state.windowSegments;
    for (let round = 0; round < 10; round++) {
      const window = Math.floor(state.windowSegments);
      for (let i = 0; i < window; i++) cubic.acknowledged(state, ack(1, round * 10), SETTINGS);
    }
    // 10 round trips of 10 ms: the cubic part has grown by nothing, Reno's estimate by 0.53 a round
    // trip.
    assert.ok(state.windowSegments > before + 4 && state.windowSegments < before + 7, `${state.windowSegments}`);
  });

  it("leaves room for newcomers: a second loss below the last plateau lowers it further", () => {
    const state = afterLoss();
    cubic.lossDetected(state, 140, 1000);
    assert.ok(Math.abs(state.plateauSegments - (140 * 1.7) / 2) < 1e-9);
  });

  it("a slow start after a time-out or a lost SYN that a loss ends leaves its window as W_max", () => {
    for (const [flight, isRepeated] of [
      [140, false],
      [0, true], // a lost SYN
    ] as const) {
      const state = afterLoss();
      cubic.timedOut(state, flight, isRepeated);
      state.thresholdSegments = Number.POSITIVE_INFINITY;
      for (let i = 1; i < 600; i++) cubic.acknowledged(state, ack(1, 5000), SETTINGS);
      cubic.lossDetected(state, 600, 5000);
      assert.equal(state.windowSegments, 420);
      cubic.acknowledged(state, ack(1, 5100), SETTINGS);
      assert.equal(state.plateauSegments, 600);
      assert.ok(Math.abs(state.plateauSeconds - Math.cbrt(180 / 0.4)) < 1e-9, `${state.plateauSeconds}`);
    }
  });

  it("after a time-out the next stage begins on its plateau", () => {
    const state = afterLoss();
    cubic.timedOut(state, 140, false);
    assert.equal(state.windowSegments, 1);
    for (let i = 0; i < 100; i++) cubic.acknowledged(state, ack(1, 5000), SETTINGS);
    assert.ok(state.windowSegments >= 97, `${state.windowSegments}`);
    assert.equal(state.plateauSeconds, 0);
  });
});
