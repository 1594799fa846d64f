import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { arrivalsOf, courseOf, nextAbove } from "./schedule.ts";

function settingsOf(given: Record<string, unknown>) {
  return parseSettings({ target: "a:1", seconds: 10, rate: 1000, ...given });
}

/** The times of all arrivals, in seconds. */
function timesOf(given: Record<string, unknown> = {}): number[] {
  const next = arrivalsOf(settingsOf(given));
  const times: number[] = [];
  for (let arrival = next(); arrival !== null; arrival = next()) times.push(arrival.atMillis / 1000);
  return times;
}

const gapsOf = (times: number[]) => times.slice(1).map((time, index) => time - (times[index] as number));
const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("the schedule of an open load", () => {
  it("has equal gaps from the first moment on, over warm-up, window and cool-down", () => {
    const times = timesOf({ warmupSeconds: 1, cooldownSeconds: 1 });
    assert.equal(times.length, 12_000);
    assert.equal(times[0], 0);
    assert.ok(gapsOf(times).every((gap) => Math.abs(gap - 0.001) < 1e-9));
  });

  it("has the gaps of a record that is replayed, stretched to the mean rate, again and again", () => {
    const entries = [500, 600, 900].map((atMillis) => ({ path: "/", atMillis }));
    // Three in a lap of 600 ms, the gap to the next lap being the mean of the others: 5 a second.
    const paths = { order: "replayed", entries };
    const rounded = (times: number[]) => times.map((time) => Math.round(time * 1e6) / 1e6);
    assert.deepEqual(rounded(timesOf({ paths, rate: 5, seconds: 0.9 })), [0, 0.1, 0.4, 0.6, 0.7]);
    assert.deepEqual(rounded(timesOf({ paths, rate: 2.5, seconds: 0.9 })), [0, 0.2, 0.8]);
    const together = { order: "replayed", entries: entries.map(({ path }) => ({ path, atMillis: 7 })) };
    assert.deepEqual(timesOf({ paths: together, rate: 3, seconds: 2 }), [0, 0, 0, 1, 1, 1]);
  });

  it("has the exponential gaps of a Poisson process, independent of each other", () => {
    const gaps = gapsOf(timesOf({ arrivals: "poisson" }));
    const mean = meanOf(gaps);
    const deviation = Math.sqrt(meanOf(gaps.map((gap) => (gap - mean) ** 2)));
    // 10,000 exponential gaps: the mean is within 4 standard errors of 1 ms, 4 %; so is the
    // deviation, whose standard error is √2 times as large.
    assert.ok(Math.abs(mean - 0.001) < 0.00004, `${mean}`);
    assert.ok(Math.abs(deviation - 0.001) < 0.00006, `${deviation}`);
    const correlation = meanOf(gaps.slice(1).map((gap, index) => (gap - mean) * ((gaps[index] as number) - mean)));
    assert.ok(Math.abs(correlation / deviation ** 2) < 0.04);
  });

  it("depends on the seed and the index alone", () => {
    assert.deepEqual(timesOf({ arrivals: "poisson", seed: 3 }), timesOf({ arrivals: "poisson", seed: 3 }));
    assert.notDeepEqual(timesOf({ arrivals: "poisson", seed: 3 }), timesOf({ arrivals: "poisson", seed: 4 }));
  });

  it("is exactly the same whether one generator makes it or several their shares", () => {
    const shares = [0, 1, 2].map((index) => timesOf({ arrivals: "poisson", share: { index, of: 3 } }));
    const together = shares.flat().sort((a, b) => a - b);
    assert.deepEqual(together, timesOf({ arrivals: "poisson" }));
  });

  it("follows a ramp: as many arrivals as the area under it, a quarter of them in the first half from 0", () => {
    const times = timesOf({ rate: 100, levels: { course: "ramp", values: [0, 100] } });
    assert.equal(times.length, 500);
    assert.equal(times.filter((time) => time < 5).length, 125);
    const falling = timesOf({ rate: 100, levels: { course: "ramp", values: [100, 0] } });
    assert.equal(falling.filter((time) => time < 5).length, 375);
  });

  it("follows steps of equal length, a pause among them", () => {
    const times = timesOf({ rate: 40, levels: { course: "steps", values: [10, 0, 40, 20] } });
    const inStep = (step: number) => times.filter((time) => Math.floor(time / 2.5) === step).length;
    assert.deepEqual([0, 1, 2, 3].map(inStep), [25, 0, 100, 50]);
  });
});

describe("the users of a closed load", () => {
  const course = (users: number, levels: object) => courseOf(settingsOf({ rate: null, users, levels }));

  it("come in turn on a ramp, and go in turn on one that falls", () => {
    const ramp = course(10, { course: "ramp", values: [0, 10] });
    assert.ok(Math.abs(nextAbove(ramp, 4, 0) - 4) < 1e-5);
    assert.equal(nextAbove(ramp, 4, 6), 6);
    const falling = course(10, { course: "ramp", values: [10, 0] });
    assert.equal(nextAbove(falling, 4, 5), 5);
    assert.equal(nextAbove(falling, 4, 7), Number.POSITIVE_INFINITY);
  });

  it("come with the step that has them", () => {
    const steps = course(9, { course: "steps", values: [1, 9, 2, 5] });
    assert.deepEqual(
      [nextAbove(steps, 0, 1), nextAbove(steps, 1, 0), nextAbove(steps, 3, 5), nextAbove(steps, 8, 6)],
      [...[1, 2.5, 7.5, Number.POSITIVE_INFINITY]],
    );
  });
});
