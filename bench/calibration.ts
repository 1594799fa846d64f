// `npm run bench calibration [links=N] [seed=S] [from=I] [busy]`: calibrates randomly drawn links,
// every other one of which is declared otherwise than it is. It counts those right, unjudged,
// failed, falsely outside, or missed, and writes a line of JSON for each to the file named at the
// end. `from=I` continues another run; `busy` keeps every core busy.

import { spawn } from "node:child_process";
import { appendFile, mkdtemp } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { calibrateMany } from "./measure/calibrate-many.ts";
import { bringUp } from "./measure/calibration-rig.ts";
import { tabulate } from "./measure/calibration-verdicts.ts";

const SCENARIO = "bench-calibration";
const SIDE_BY_SIDE = 4;

await main(process.argv.slice(2));

async function main(words: string[]): Promise<void> {
  const number = (key: string, otherwise: number) =>
    Number(words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1) ?? otherwise);
  const [count, seed, from] = [number("links", 40), number("seed", 1), number("from", 0)];
  const folder = await mkdtemp(join(tmpdir(), "rttlab-calibration-"));
  await using rig = await bringUp(SCENARIO, SIDE_BY_SIDE);
  const file = join(folder, `seed-${seed}.ndjson`);
  const burners = words.includes("busy") ? startBurners() : [];
  try {
    const judged = await calibrateMany(rig, seed, from, count, async (line) => {
      process.stderr.write(`${line.index} ${line.seconds.toFixed(0)} s ${line.summary}\n`);
      await appendFile(file, `${JSON.stringify(line)}\n`);
    });
    process.stdout.write(`${tabulate(judged)}\n\n${file}\n`);
  } finally {
    for (const burner of burners) burner.kill();
  }
}

function startBurners() {
  return Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ["-e", "for (;;);"]));
}
