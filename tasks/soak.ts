// `npm run soak`: a million lives of RUDP connections, or as many as said, from a seed. Takes minutes to an hour; says how far it is.
// Exit 1 with the smallest failing life, as a plan and as a timeline.

import { parseArgs } from "node:util";
import { describeError, exitStatus, RttlabError } from "../lib/errors.ts";
import { liveMany } from "../services/rudp/simulation/lives.ts";

const LIVES = 1_000_000;
/** A run is cut into pieces, each with a seed of its own, so that it says early where it failed. */
const PIECE = 10_000;

const USAGE = `Usage: npm run soak [LIVES] [seed SEED] [json]

Lives of RUDP connections over bad networks in virtual time: ${LIVES} of them, or LIVES, drawn from SEED (by default another each time).
json: one document on stdout, {lives, seed, seconds}.

  npm run soak 50000 seed 7
`;

try {
  soak(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = exitStatus(error);
}

function soak(argv: string[]): void {
  const { lives, seed, isJson, isHelp } = readWords(argv);
  if (isHelp) {
    process.stdout.write(USAGE);
    return;
  }
  process.stderr.write(`${lives} lives from seed ${seed}\n`);
  const started = performance.now();
  const elapsed = () => Number(((performance.now() - started) / 1000).toFixed(1));
  for (let done = 0; done < lives; done += PIECE) {
    const count = Math.min(PIECE, lives - done);
    liveMany(count, seed + done / PIECE);
    process.stderr.write(`${done + count} of ${lives} lives ended well, ${elapsed()} s\n`);
  }
  if (isJson) process.stdout.write(`${JSON.stringify({ lives, seed, seconds: elapsed() })}\n`);
}

function readWords(argv: string[]) {
  const options = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
  const { values, positionals, tokens } = parseArgs({
    args: argv,
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const unknown = tokens.filter((token) => token.kind === "option" && !(token.name in options));
  const isJson = values.json === true || process.env.npm_config_json === "true" || positionals.at(-1) === "json";
  const words = positionals.at(-1) === "json" ? positionals.slice(0, -1) : positionals;
  const at = words.indexOf("seed");
  const [seed = String(Math.floor(Math.random() * 2 ** 30)), ...rest] = at < 0 ? [] : words.slice(at + 1);
  const [lives = String(LIVES), ...more] = at < 0 ? words : words.slice(0, at);
  const isSound = /^[1-9]\d*$/.test(lives) && /^\d{1,9}$|^1\d{9}$/.test(seed) && rest.length + more.length === 0;
  if (!isSound || unknown.length > 0 || (at >= 0 && words.length === at + 1)) {
    throw new RttlabError("E_USAGE", `soak ${argv.join(" ")}: not understood\n${USAGE}`);
  }
  return { lives: Number(lives), seed: Number(seed), isJson, isHelp: values.help === true };
}
