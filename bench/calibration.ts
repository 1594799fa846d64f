// `npm run bench calibration [links=N] [seed=S] [from=I] [ceiling=R] [beside=N] [into=FILE]
// [minutes=M] [busy]`: calibrates randomly drawn links, every other one of which is declared
// otherwise than it is. It counts those right, unjudged, failed, falsely outside, or missed, and
// writes a line of JSON for each to FILE. The same command goes on where it has stopped, for what
// FILE has is not measured again. No link is begun after `minutes`; `ceiling` is the highest rate
// drawn (200mbit), because a slow machine's links carry less; `beside` is how many are calibrated
// side by side (6); `busy` keeps every core busy.

import { appendFile, mkdtemp, readFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseQuantity } from "../lib/units.ts";
import { calibrateMany } from "./measure/calibrate-many.ts";
import { bringUp } from "./measure/calibration-rig.ts";
import { type Judged, tabulate } from "./measure/calibration-verdicts.ts";
import { startChild } from "./measure/child.ts";

const SCENARIO = "bench-calibration";
const SIDE_BY_SIDE = 6;

await main(process.argv.slice(2));

async function main(words: string[]): Promise<void> {
  const given = (key: string) => words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
  const number = (key: string, otherwise: number) => Number(given(key) ?? otherwise);
  const [count, seed, from] = [number("links", 40), number("seed", 1), number("from", 0)];
  const ceiling = given("ceiling") ?? "200mbit";
  const ceilingBitsPerSecond = parseQuantity(ceiling, "bitsPerSecond");
  if (ceilingBitsPerSecond === undefined) throw new TypeError(`ceiling=${ceiling} is no rate such as 80mbit`);
  const folder = await mkdtemp(join(tmpdir(), "rttlab-calibration-"));
  const file = given("into") ?? join(folder, `seed-${seed}.ndjson`);
  const earlier = await readJudged(file);
  const done = new Set(earlier.map(({ index }) => index));
  const indices = Array.from({ length: count }, (_, at) => from + at).filter((index) => !done.has(index));
  await using rig = await bringUp(SCENARIO, number("beside", SIDE_BY_SIDE));
  const burners = words.includes("busy") ? startBurners() : [];
  try {
    const endMillis = performance.now() + 60_000 * number("minutes", Number.POSITIVE_INFINITY);
    const keep = async (line: Judged) => {
      process.stderr.write(`${line.index} ${line.seconds.toFixed(0)} s ${line.summary}\n`);
      await appendFile(file, `${JSON.stringify(line)}\n`);
    };
    const begins = () => performance.now() < endMillis;
    const judged = await calibrateMany(rig, { seed, indices, ceilingBitsPerSecond }, keep, begins);
    process.stdout.write(`${tabulate([...earlier, ...judged])}\n\n${file}\n`);
  } finally {
    for (const burner of burners) burner.kill();
  }
}

async function readJudged(file: string): Promise<Judged[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Judged);
}

function startBurners() {
  return Array.from({ length: availableParallelism() }, () => startChild([process.execPath, "-e", "for (;;);"]));
}
