import assert from "node:assert/strict";
import { it } from "node:test";
import { EXIT, exitStatus, RttlabError } from "../../lib/errors.ts";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import { changeSettings, readChange } from "./set.ts";

const CURRENT: LinkSettings = {
  forward: { ...UNIMPAIRED, delayMillis: 50, rateBitsPerSecond: 50e6 },
  backward: { ...UNIMPAIRED, delayMillis: 50, rateBitsPerSecond: 50e6 },
  seed: null,
};

const set = (words: string) => changeSettings("wan-a", CURRENT, words.split(" ").filter(Boolean), "uml");

function problemsOf(words: string): string[] {
  try {
    set(words);
  } catch (error) {
    assert.ok(error instanceof RttlabError);
    assert.equal(error.code, "E_BAD_SETTING");
    assert.equal(exitStatus(error), EXIT.badInput);
    return error.problems.map(({ code, path }) => `${code} ${path}`);
  }
  return [];
}

it("words before any direction are set in both, and what no word names stays", () => {
  const { forward, backward, seed } = set("delay=20ms rate=10mbit loss=1%");
  for (const direction of [forward, backward]) {
    assert.deepEqual(direction, { ...UNIMPAIRED, delayMillis: 20, rateBitsPerSecond: 10e6, lossRatio: 0.01 });
  }
  assert.equal(seed, null);
});

it("words after a direction are set in that one only", () => {
  const { forward, backward } = set("loss=1% forward delay=20ms backward delay=30ms queue=100packets");
  assert.deepEqual(forward, { ...CURRENT.forward, delayMillis: 20, lossRatio: 0.01 });
  assert.deepEqual(backward, {
    ...CURRENT.backward,
    delayMillis: 30,
    lossRatio: 0.01,
    queue: { kind: "drop-tail", amount: 100, unit: "packets" },
  });
});

it("a jitter table is read from the file that is named", () => {
  const words = "jitter=5ms distribution=wifi.dist".split(" ");
  const { forward, backward } = readChange("wan-a", CURRENT, words, "uml", () => "-8192 8192");
  assert.ok(typeof forward?.jitterDistribution === "object");
  assert.equal(forward.jitterDistribution.name, "wifi.dist");
  assert.deepEqual(backward, forward);
  assert.throws(
    () => readChange("wan-a", CURRENT, words, "uml", () => "1 two"),
    (error) =>
      error instanceof RttlabError && /line 1: "two" is no such number/.test(String(error.problems[0]?.message)),
  );
});

it("rtt is half the delay each way, and a seed is of the whole link", () => {
  const { forward, backward, seed } = set("rtt=30ms seed=7");
  assert.equal(forward.delayMillis, 15);
  assert.equal(backward.delayMillis, 15);
  assert.equal(seed, 7);
});

it("down and up are of both directions, or of the one named before, and leave the rest as it is", () => {
  const { forward, backward } = set("down");
  assert.deepEqual([forward.state, backward.state], ["down", "down"]);
  assert.deepEqual({ ...forward, state: "up" }, CURRENT.forward);
  const half = set("backward down");
  assert.deepEqual([half.forward.state, half.backward.state], ["up", "down"]);
  assert.throws(() => set("down up"), /down|state/);
});

it("every problem of the words is listed", () => {
  assert.deepEqual(problemsOf("loss=120% dealy=1ms forwards delay=20 =3 loss= seed=0 seed=4294967296"), [
    "E_OUT_OF_RANGE loss=120%",
    "E_UNKNOWN_KEY dealy=1ms",
    "E_UNKNOWN_KEY forwards",
    "E_BAD_VALUE delay=20",
    "E_UNKNOWN_KEY =3",
    "E_BAD_VALUE loss=",
    "E_OUT_OF_RANGE seed=0",
    "E_OUT_OF_RANGE seed=4294967296",
  ]);
});

it("what the link's backend cannot hold is listed beside the problems of the words", () => {
  assert.deepEqual(problemsOf("queue=100000packets colour=red"), ["E_UNKNOWN_KEY colour=red", "E_OUT_OF_RANGE wan-a"]);
  assert.deepEqual(changeSettings("wan-a", CURRENT, ["queue=100000packets"], "kernel").forward.queue, {
    kind: "drop-tail",
    amount: 100_000,
    unit: "packets",
  });
});

it("no words to set are refused", () => {
  assert.deepEqual(problemsOf(""), ["E_MISSING_KEY words"]);
  assert.deepEqual(problemsOf("forward"), ["E_MISSING_KEY words"]);
});

it("the same thing given twice, or as rtt and delay, or of one direction what is of the link, is refused", () => {
  assert.deepEqual(problemsOf("delay=1ms delay=2ms"), ["E_DUPLICATE_KEY delay=2ms"]);
  assert.deepEqual(problemsOf("delay=1ms forward delay=2ms"), ["E_DUPLICATE_KEY delay=2ms"]);
  assert.deepEqual(problemsOf("rtt=1ms forward delay=2ms"), ["E_CONFLICTING_KEYS rtt=1ms"]);
  assert.deepEqual(problemsOf("forward rtt=1ms"), ["E_CONFLICTING_KEYS rtt=1ms"]);
});

it("a queue that could not work with the settings as they would be is refused", () => {
  assert.deepEqual(problemsOf("rate=unlimited queue=20ms"), [
    "E_QUEUE_WITHOUT_RATE queue=20ms",
    "E_QUEUE_WITHOUT_RATE queue=20ms",
  ]);
  assert.deepEqual(problemsOf("rtt=0ms"), ["E_EMPTY_QUEUE forward queue", "E_EMPTY_QUEUE backward queue"]);
  assert.deepEqual(problemsOf("rtt=0ms queue=100packets"), []);
});
