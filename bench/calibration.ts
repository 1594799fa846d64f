// `npm run bench calibration [links=N] [seed=S] [from=I] [busy]`: calibrates links drawn at random, of which every other one
// is declared otherwise than it is. What was right, unjudged, failed, falsely outside, or missed; a line of JSON each in
// the file that is named at the end. `from=I` goes on where another run has stopped; `busy` keeps every core busy.

import { spawn } from "node:child_process";
import { appendFile, mkdtemp } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { bringUp, type Rig } from "./measure/calibration-rig.ts";
import { type Judged, judgeCalibration, tabulate } from "./measure/calibration-verdicts.ts";
import { type DrawnLink, drawLink, isLight } from "./measure/random-links.ts";

const SCENARIO = "bench-calibration";
const SIDE_BY_SIDE = 4;

await main(process.argv.slice(2));

async function main(words: string[]): Promise<void> {
  const number = (key: string, otherwise: number) =>
    Number(words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1) ?? otherwise);
  const [count, seed, from] = [number("links", 40), number("seed", 1), number("from", 0)];
  const folder = await mkdtemp(join(tmpdir(), "rttlab-calibration-"));
  await using rig = await bringUp(SCENARIO, SIDE_BY_SIDE, folder);
  const file = join(folder, `seed-${seed}.ndjson`);
  const burners = words.includes("busy") ? startBurners() : [];
  try {
    const judged = await calibrateAll(rig, seed, from, count, (line) => appendFile(file, `${JSON.stringify(line)}\n`));
    process.stdout.write(`${tabulate(judged)}\n\n${file}\n`);
  } finally {
    for (const burner of burners) burner.kill();
  }
}

/** Light links beside each other, heavy ones alone: what fills one link takes the processor from the next. */
async function calibrateAll(
  rig: Rig,
  seed: number,
  from: number,
  count: number,
  keep: (judged: Judged) => Promise<void>,
): Promise<Judged[]> {
  const drawn = Array.from({ length: count }, (_, at) => ({ index: from + at, link: drawLink(seed, from + at) }));
  const judged: Judged[] = [];
  const one = async (name: string, index: number, link: DrawnLink) => {
    const result = await calibrateOne(rig, name, index, link);
    process.stderr.write(`${index} ${result.seconds.toFixed(0)} s ${result.summary}\n`);
    judged.push(result);
    await keep(result);
  };
  const light = drawn.filter(({ link }) => isLight(link));
  const lane = async (name: string) => {
    for (let next = light.shift(); next !== undefined; next = light.shift()) await one(name, next.index, next.link);
  };
  await Promise.all(rig.links.map(lane));
  for (const { index, link } of drawn.filter((each) => !isLight(each.link))) {
    await one(rig.links[0] as string, index, link);
  }
  return judged;
}

async function calibrateOne(rig: Rig, name: string, index: number, link: DrawnLink): Promise<Judged> {
  const startedMillis = performance.now();
  const seconds = () => (performance.now() - startedMillis) / 1000;
  try {
    await rig.set(name, link.made);
  } catch (error) {
    return { index, link, seconds: seconds(), outcome: "refused", summary: `refused: ${(error as Error).message}` };
  }
  try {
    const calibration = await rig.calibrate(name, link.declared);
    return { index, link, seconds: seconds(), ...judgeCalibration(link, calibration), calibration };
  } catch (error) {
    return { index, link, seconds: seconds(), outcome: "failed", summary: `failed: ${(error as Error).message}` };
  }
}

function startBurners() {
  return Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ["-e", "for (;;);"]));
}
