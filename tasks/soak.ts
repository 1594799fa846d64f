// `npm run soak`: a million lives of RUDP connections, or a given number, from a seed, on all
// cores. Two cores take about half an hour. It reports its progress and, when stopped, how to go
// on. Exit 1 with the smallest failing life, as a plan and as a timeline.

import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { EXIT, type Problem, RttlabError } from "../lib/errors.ts";
import { type Kind, whole } from "../lib/fields/kinds.ts";
import { outOfRange, readText } from "../lib/fields/read.ts";
import { print, runProgram } from "../lib/program.ts";
import { asksForHelp, HELP_WORDS } from "./help.ts";
import type { Piece, PieceResult } from "./live-piece.ts";

const LIVES = 1_000_000;
/**
 * A run is cut into pieces with a seed each: seed, seed + 1, … So a failure shows early, and any
 * piece can be run alone.
 */
const PIECE = 5000;

const USAGE = `Usage: npm run soak [LIVES] [seed SEED] [from LIFE] [json]

Lives of RUDP connections over bad networks in virtual time: ${LIVES} of them, or LIVES, drawn from SEED (by default another each time).
from: goes on at that life, a multiple of ${PIECE}, where an earlier run with the same seed was stopped.
json: one document on stdout, {lives, from, seed, seconds, virtualSeconds, segments}.

  npm run soak 50000 seed 7
`;

const JSON_WORDS = ["json", "--json"];
const FLAGS = [...JSON_WORDS, ...HELP_WORDS];

interface Words {
  lives: number;
  from: number;
  seed: number;
  isJson: boolean;
  isHelp: boolean;
}

await runProgram(() => soak(readWords(process.argv.slice(2))));

async function soak(words: Words): Promise<number> {
  const { lives, from, seed, isJson, isHelp } = words;
  if (isHelp) {
    await print(USAGE);
    return EXIT.done;
  }
  const waiting = piecesOf(words);
  const threads = Math.min(availableParallelism(), waiting.length);
  const started = performance.now();
  const total = { lives: 0, virtualSeconds: 0, segments: 0 };
  const underWay = new Set<Piece>();
  const onStop = () => {
    const first = [...underWay, ...waiting].reduce((least, piece) => Math.min(least, piece.from), lives);
    report(`stopped; to go on: npm run soak ${lives} seed ${seed} from ${first}`);
    process.exit(EXIT.failed);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, onStop);
  report(`lives ${from} to ${lives} of seed ${seed}, on ${threads} threads`);

  const onPiece = (result: PieceResult) => {
    total.lives += result.lives;
    total.virtualSeconds += result.virtualSeconds;
    total.segments += result.segments;
    const seconds = (performance.now() - started) / 1000;
    const rate = `${seconds.toFixed(1)} s, ${Math.round(total.lives / seconds)} a second`;
    report(`${from + total.lives} of ${lives} lives ended well, ${rate}; the last with seed ${result.seed}`);
  };
  await Promise.all(Array.from({ length: threads }, () => workOff(waiting, underWay, onPiece)));
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  const { segments } = total;
  const result = { lives, from, seed, seconds, virtualSeconds: Math.round(total.virtualSeconds), segments };
  if (isJson) await print(`${JSON.stringify(result)}\n`);
  return EXIT.done;
}

function piecesOf({ lives, from, seed }: Words): Piece[] {
  const pieces: Piece[] = [];
  for (let life = from; life < lives; life += PIECE) {
    pieces.push({ from: life, lives: Math.min(PIECE, lives - life), seed: seed + life / PIECE });
  }
  return pieces;
}

/**
 * One thread takes pieces until there are no more or one fails; then it throws E_SOAK with the
 * smallest failing life.
 */
async function workOff(waiting: Piece[], underWay: Set<Piece>, onPiece: (result: PieceResult) => void): Promise<void> {
  const thread = new Worker(new URL("live-piece.ts", import.meta.url));
  try {
    for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
      underWay.add(piece);
      thread.postMessage(piece);
      const [result] = (await once(thread, "message")) as [PieceResult];
      if (result.failure !== null) {
        const again = `npm run soak ${piece.lives} seed ${piece.seed}`;
        throw new RttlabError("E_SOAK", `living the lives from ${piece.from} on, again by ${again}: ${result.failure}`);
      }
      underWay.delete(piece);
      onPiece(result);
    }
  } catch (error) {
    waiting.length = 0;
    throw error;
  } finally {
    await thread.terminate();
  }
}

/** Throws E_USAGE with every problem. */
function readWords(argv: string[]): Words {
  const words = argv.filter((word) => !FLAGS.includes(word));
  const given = new Map([["lives", words.length % 2 === 1 ? (words.shift() as string) : String(LIVES)]]);
  const problems: Problem[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const [name, text] = words.slice(at, at + 2) as [string, string];
    if (name !== "seed" && name !== "from")
      problems.push({ path: name, message: "is not known here", allowed: "seed, from" });
    else if (given.has(name)) problems.push({ path: name, message: "is given twice", allowed: "once" });
    else given.set(name, text);
  }
  const read = (name: string, kind: Kind<number>, usual: number): number => {
    const text = given.get(name) ?? String(usual);
    const found = readText(kind, name, text);
    if ("value" in found) return found.value;
    problems.push(found.problem);
    return usual;
  };
  const lives = read("lives", whole(1, 999_999_999), LIVES);
  const seed = read("seed", whole(0, 2 ** 31 - 1), Math.floor(Math.random() * 2 ** 30));
  const from = read("from", whole(0, 999_999_999), 0);
  if (from % PIECE !== 0 || from >= lives)
    problems.push(outOfRange("from", from, `a multiple of ${PIECE} below the lives`));
  if (problems.length > 0)
    throw new RttlabError("E_USAGE", `soak ${argv.join(" ")}: not understood\n${USAGE}`, { problems });
  const has = (flags: readonly string[]) => argv.some((word) => flags.includes(word));
  return {
    lives,
    from,
    seed,
    isJson: has(JSON_WORDS) || process.env.npm_config_json === "true",
    isHelp: asksForHelp(argv),
  };
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
