import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { FIELDS, UNIMPAIRED } from "../../lib/link/direction.ts";
import { settingsProblems } from "./settings-problems.ts";

const good = { forward: UNIMPAIRED, backward: { ...UNIMPAIRED, delayMillis: 100 / 3 }, seed: null };
const pathsOf = (value: unknown) => settingsProblems(value, "settings").map(({ path }) => path);

describe("settings from outside", () => {
  it("are good with every value in range, an unwritable third of a millisecond too", () => {
    assert.deepEqual(settingsProblems(good, "settings"), []);
    assert.deepEqual(settingsProblems({ ...good, seed: 2 ** 32 - 1 }, "settings"), []);
  });

  it("have every problem listed, with path and range", () => {
    const bad = {
      forward: { ...UNIMPAIRED, delayMillis: 10_001, lossRatio: "1%", wobbleMillis: 3 },
      backward: { ...UNIMPAIRED, rateBitsPerSecond: 7999, queue: { kind: "drop-tail", amount: 0.5, unit: "packets" } },
      seed: 0,
      colour: "red",
    };
    assert.deepEqual(pathsOf(bad), [
      "settings.forward.delayMillis",
      "settings.forward.lossRatio",
      "settings.forward.wobbleMillis",
      "settings.backward.rateBitsPerSecond",
      "settings.backward.queue",
      "settings.seed",
      "settings.colour",
    ]);
    assert.equal(settingsProblems(bad, "settings")[0]?.allowed, FIELDS.delayMillis.range);
  });

  it("are refused when a direction, a field or the seed is missing", () => {
    assert.deepEqual(pathsOf({ forward: {}, seed: null }), [
      ...Object.keys(FIELDS).map((field) => `settings.forward.${field}`),
      "settings.backward",
    ]);
    assert.deepEqual(pathsOf(undefined), ["settings"]);
    assert.deepEqual(pathsOf({ ...good, seed: undefined }), ["settings.seed"]);
  });

  it("never make the check itself fail", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        settingsProblems({ forward: { ...UNIMPAIRED, queue: value }, backward: value, seed: value }, "settings");
      }),
    );
  });
});
