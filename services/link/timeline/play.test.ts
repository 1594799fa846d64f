// The player with a program that writes down what it is given, and the steps that it is given.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { type Direction, UNIMPAIRED } from "../../../lib/link/direction.ts";
import { changeStages, type LinkSettings, MAX_SEED } from "../../../lib/link/link.ts";
import { type Queue, queue } from "../../../lib/link/queues/table.ts";
import { LONGEST_TEXT_MEBIBYTES, LONGEST_TIMELINE_MILLIS, MOST_STEPS } from "../../../lib/link/timeline.ts";
import { tableOf } from "../../../tests/link/jitter-table.ts";
import { stagesWith } from "../apply-settings.ts";
import { devicesOf } from "../backend.ts";
import { drivenForm } from "./drive.ts";
import { playTimeline } from "./play.ts";
import { readSteps, timelineOf } from "./steps.ts";

const PLAYER = `${import.meta.dirname}/play.pl`;
const run = promisify(execFile);
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rttlab-play-"));
});
after(() => rm(folder, { recursive: true }));

async function play(text: string, ...program: string[]): Promise<number[][]> {
  const [file, result] = [join(folder, "timeline"), join(folder, "played")];
  await rm(result, { force: true });
  await writeFile(file, text);
  await run("perl", [PLAYER, file, result, ...program]);
  const lines = (await readFile(result, "utf8")).trim().split("\n");
  return lines.map((line) => line.split(" ").map(Number));
}

describe("the player", () => {
  it("gives each step's commands when it is due, and says when that was", async () => {
    const given = join(folder, "given");
    const played = await play("0\tone\ttwo\n80\tthree\n160\n", "sh", "-c", `cat >>${given}`);
    assert.equal(await readFile(given, "utf8"), "one\ntwo\nthree\n");
    assert.deepEqual(
      played.map(([due, , , status]) => [due, status]),
      [
        [0, 0],
        [80, 0],
        [160, 0],
      ],
    );
    for (const [due = 0, began = 0, ended = 0] of played) assert.ok(began >= due && ended >= began, `${played}`);
  });

  it("ends with the step that fails", async () => {
    const played = await play("0\tgood\n60\tbad\n120\tgood\n", "sh", "-c", "! grep -q bad");
    assert.deepEqual(
      played.map(([, , , status]) => status),
      [0, 1],
    );
  });
});

describe("a timeline's file", () => {
  const begun = () => {};
  const file = () => join(folder, "handed-over");

  it("is there while it is played, and gone when the link fails meanwhile", async () => {
    const seen: string[] = [];
    const script = async () => {
      seen.push(await readFile(file(), "utf8"));
      throw new Error("the guest has ended");
    };
    const playing = playTimeline({ script }, "0\tone\n", 0, begun, new AbortController().signal, file());
    await assert.rejects(playing, /the guest has ended/);
    assert.deepEqual(seen, ["0\tone\n"]);
    await assert.rejects(readFile(file()), { code: "ENOENT" });
  });

  it("has room in the link's container however long it is", () => {
    const whole = {
      ...UNIMPAIRED,
      delayMillis: 9999.999,
      jitterMillis: 123.456,
      reorderingRatio: 0.123456,
      corruptionRatio: 0.123456,
      slots: { minMillis: 1234.567, maxMillis: 2345.678, packets: 999_999 },
    };
    const forms: Direction[] = [
      {
        ...whole,
        jitterDistribution: tableOf("-8192 0 8192"),
        markovLoss: { p13: 0.123456, p31: 0.123456, p32: 0.123456, p23: 0.123456, p14: 0.123456 },
        rateBitsPerSecond: 123_457,
        queue: { kind: "red", ecn: true },
      },
      {
        ...whole,
        jitterDistribution: "paretonormal",
        gilbertElliott: {
          toBadRatio: 0.123456,
          toGoodRatio: 0.123456,
          badLossRatio: 0.123456,
          goodLossRatio: 0.123456,
        },
        rateBitsPerSecond: 1_234_567_891,
        queue: { kind: "fq_codel", ecn: true },
      },
    ];
    const steps = Array.from({ length: 200 }, (_, at) => {
      const direction = forms[at % 2] as Direction;
      return { atMillis: LONGEST_TIMELINE_MILLIS - at, settings: { forward: direction, backward: direction, seed: 1 } };
    });
    const begin: LinkSettings = { forward: UNIMPAIRED, backward: UNIMPAIRED, seed: 1 };
    const place = { devices: devicesOf("vec0", "vec1"), driven: ["forward", "backward"] as const };
    const { text } = timelineOf(stagesWith(begin, MAX_SEED), begin, MAX_SEED, steps, place);
    assert.equal(text.match(/netem.*netem/g)?.length, steps.length);
    const longestBytes = (MOST_STEPS / steps.length) * Buffer.byteLength(text);
    assert.ok(longestBytes < LONGEST_TEXT_MEBIBYTES * 1024 ** 2, `${longestBytes} bytes`);
  });
});

describe("the steps of a timeline", () => {
  const current: LinkSettings = {
    forward: { ...UNIMPAIRED, delayMillis: 10, rateBitsPerSecond: 10e6 },
    backward: UNIMPAIRED,
    seed: null,
  };
  const backend = { holdsFrames: 28_000, devices: devicesOf("vec0", "vec1") };

  it("add up, and change only what each of them names", () => {
    const { steps, problems } = readSteps(
      [
        { atMillis: 0, change: { forward: { rateBitsPerSecond: 5e6 } } },
        { atMillis: 100, change: { forward: { state: "down" } } },
        { atMillis: 200, change: { forward: { state: "up" } } },
      ],
      current,
      backend,
    );
    assert.deepEqual(problems, []);
    const { text, stages } = timelineOf(stagesWith(current, 3), current, 3, steps, { ...backend, driven: [] });
    const lines = text
      .trim()
      .split("\n")
      .map((line) => line.replaceAll(/ seed \d+/g, "").split("\t"));
    assert.deepEqual(
      lines.map(([at]) => at),
      ["0", "100", "200"],
    );
    assert.ok(lines[0]?.includes("qdisc change dev vec1 root handle 1: netem limit 4 rate 5000000bit"), `${lines[0]}`);
    assert.ok(lines[1]?.some((line) => line.includes("netem limit 10000000 loss random 100%")));
    assert.ok(lines[2]?.some((line) => line.includes("netem limit 10000000 delay 10000us")));
    assert.equal(stages.length, 3);
  });

  it("leave alone what they do not change, and give what they do a seed of its own", () => {
    const queue = { kind: "drop-tail", amount: 40, unit: "packets" } as const;
    const lossy = {
      forward: { ...current.forward, lossRatio: 0.01, queue },
      backward: { ...current.forward, queue },
      seed: null,
    };
    const step = (atMillis: number, backward: object) => ({ atMillis, change: { backward } });
    const { steps } = readSteps(
      [
        step(0, { rateBitsPerSecond: 5e6 }),
        step(100, { delayMillis: 20 }),
        step(200, { delayMillis: 10 }),
        step(300, { delayMillis: 10 }),
      ],
      lossy,
      backend,
    );
    const { text, stages } = timelineOf(stagesWith(lossy, 3), lossy, 3, steps, { ...backend, driven: [] });
    const devices = text.split("\n").map((line) => [...line.matchAll(/dev (\w+)/g)].map(([, device]) => device));
    assert.deepEqual(devices.slice(0, 4), [["vec0"], ["ifb1"], ["ifb1"], []]);
    const seeds = [...text.matchAll(/ifb1 .* seed (\d+)/g)].map(([, seed]) => seed);
    assert.equal(new Set(seeds).size, 2);
    // The seed that was given last is read back.
    assert.deepEqual(stages[3]?.backward.propagation?.report.seed, Number(seeds[1]));
    assert.deepEqual(stages[3]?.forward, stagesWith(lossy, 3).forward);
  });

  it("change a rate that they drive in a token bucket, whose packets wait no longer than the rate says", () => {
    const slow = { forward: { ...current.forward, rateBitsPerSecond: 0.1e6 }, backward: UNIMPAIRED, seed: null };
    const rates = [10e6, 1e6, 2e6];
    const { steps } = readSteps(
      rates.map((rateBitsPerSecond, at) => ({ atMillis: 100 * at, change: { forward: { rateBitsPerSecond } } })),
      slow,
      backend,
    );
    const before = stagesWith(slow, 3, ["forward"]);
    const { text, stages } = timelineOf(before, slow, 3, steps, { ...backend, driven: ["forward"] });
    // A queue of one bandwidth-delay product of 10 ms. A frame takes 121 ms, 1 ms, and 12 ms.
    assert.deepEqual(text.trimEnd().split("\n"), [
      "0\tqdisc change dev vec1 root handle 1: tbf rate 10000000bit burst 4014b limit 8\tkick vec1",
      "100\tqdisc change dev vec1 root handle 1: tbf rate 1000000bit burst 1764b limit 1",
      "200\tqdisc change dev vec1 root handle 1: tbf rate 2000000bit burst 2014b limit 1\tkick vec1",
    ]);
    assert.deepEqual(stages[0]?.forward.transmission?.child?.report, { limit: 8 });
  });

  it("that change only the rate take no queue down, whatever its kind, and neither does the next timeline", () => {
    const words = ["40packets", "20ms", "1bdp", "fq_codel", "codel+ecn", "pie", "red", "red+ecn", "cake", "fq"];
    for (const word of words) {
      const forward = { ...current.forward, queue: queue.parse(word) as Queue };
      const link: LinkSettings = { forward, backward: UNIMPAIRED, seed: null };
      const given = [1e6, 100e6, 0.1e6, 20e6].map((rateBitsPerSecond, at) => ({
        atMillis: 100 * at,
        change: { forward: { rateBitsPerSecond } },
      }));
      const { steps } = readSteps(given, link, backend);
      const form = drivenForm({ settings: link, seedInUse: 3, stages: stagesWith(link, 3), driven: [] }, steps);
      const { text, stages } = timelineOf(form.stages, link, 3, steps, { ...backend, driven: form.driven });
      const [first, ...others] = new Set([...text.matchAll(/qdisc (\w+) dev \w+ (\w+)/g)].map(([all]) => all));
      assert.deepEqual([first, others], ["qdisc change dev vec1 root", []], word);
      const after = stages.at(-1) as (typeof stages)[number];
      const settings = steps.at(-1)?.settings as LinkSettings;
      const next = drivenForm({ settings, seedInUse: 3, stages: after, driven: form.driven }, steps);
      const { commands } = changeStages(after.forward, next.stages.forward, backend.devices.forward);
      assert.deepEqual(commands, [], word);
    }
  });

  it("leave RED the thresholds of the rate before them, and set those of their own where they bring it", () => {
    const red = { kind: "red", ecn: false } as const;
    const link: LinkSettings = { forward: { ...current.forward, queue: red }, backward: UNIMPAIRED, seed: null };
    const { steps } = readSteps(
      [
        { atMillis: 0, change: { forward: { rateBitsPerSecond: 100e6 } } },
        { atMillis: 100, change: { forward: { queue: { kind: "codel", ecn: false } } } },
        { atMillis: 200, change: { forward: { queue: red } } },
      ],
      link,
      backend,
    );
    const { stages } = timelineOf(stagesWith(link, 3), link, 3, steps, { ...backend, driven: ["forward"] });
    const thresholds = stages.map(({ forward }) => forward.transmission?.child?.report.min);
    // Five frames, and 2.5 ms of 100 Mbit/s.
    assert.deepEqual(thresholds, [7570, undefined, 31_250]);
  });

  it("are refused whole, with each that cannot be", () => {
    const { problems } = readSteps(
      [
        { atMillis: 100, change: { forward: { rateBitsPerSecond: 5 } } },
        { atMillis: 120, change: {} },
        { atMillis: -1, change: {} },
        { atMillis: 1000, change: { backward: { reorderingRatio: 0.1 } } },
        null,
      ],
      current,
      backend,
    );
    assert.deepEqual(
      problems.map(({ path }) => path),
      [
        "steps[0].change.forward.rateBitsPerSecond",
        "steps[1].atMillis",
        "steps[2].atMillis",
        "steps[3] backward reordering",
        "steps[4].atMillis",
        "steps[4].change",
      ],
    );
    assert.equal(readSteps([], current, backend).problems.length, 1);
    assert.equal(readSteps("now", current, backend).problems.length, 1);
  });
});
