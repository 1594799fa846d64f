// `npm run soak`: a million lives of RUDP connections, or as many as said, from a seed: `npm run soak 50000 seed 7`.
// Takes minutes to an hour; prints progress. Exit 1 with the smallest failing life and its timeline.

import { describeError, exitStatus, RttlabError } from "../lib/errors.ts";
import { liveMany } from "../services/rudp/simulation/lives.ts";

const LIVES = 1_000_000;
/** fast-check keeps no lives, but a run that is cut into pieces says early where it failed. */
const PIECE = 10_000;

try {
  const { lives, seed } = parse(process.argv.slice(2));
  const started = performance.now();
  for (let done = 0; done < lives; done += PIECE) {
    const count = Math.min(PIECE, lives - done);
    liveMany(count, seed + done / PIECE);
    const seconds = (performance.now() - started) / 1000;
    process.stderr.write(`${done + count} of ${lives} lives ended well, ${seconds.toFixed(0)} s\n`);
  }
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = exitStatus(error);
}

function parse(words: string[]): { lives: number; seed: number } {
  const [lives = String(LIVES), word = "seed", seed = String(Math.floor(Math.random() * 2 ** 30))] = words;
  const isSound = /^[1-9]\d*$/.test(lives) && word === "seed" && /^\d+$/.test(seed) && words.length <= 3;
  if (!isSound)
    throw new RttlabError("E_USAGE", `soak ${words.join(" ")}: wants a number of lives, as in: soak 50000 seed 7`);
  process.stderr.write(`${lives} lives from seed ${seed}\n`);
  return { lives: Number(lives), seed: Number(seed) };
}
