// The table of commands: which TypeScript main a word stands for, and whether it needs a Docker
// engine. A new command is one line here.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./refusal.mjs";

/**
 * @typedef {object} Command
 * @property {string} title what it does, for `--help`
 * @property {string} example one that works as it stands
 * @property {string} main path of the TypeScript main from the root; NAME stands for the next word
 * @property {(words: string[], root: string) => boolean} needsDocker
 * @property {true} [isWordless] takes no words
 */

const DOCKER_BENCHES = ["calibration", "metrics", "rudp", "scale", "shapers", "topology"];

/** @type {Record<string, Command>} */
const COMMANDS = {
  topology: {
    title: "bring a scenario up, look at it, change it, take it down",
    example: "topology up wan-100ms",
    main: "topology/main.ts",
    needsDocker: (words) => !isHelp(words) && words[0] !== "list",
  },
  check: {
    title: "types, lint, dead code, unit tests and rules; no Docker",
    example: "check",
    main: "tasks/check.ts",
    needsDocker: never,
    isWordless: true,
  },
  test: {
    title: "check, then the tests on real containers, or only some parts",
    example: "test lifecycle killed",
    main: "tasks/test.ts",
    needsDocker: (words, root) =>
      !isHelp(words) && (words.length === 0 || words.some((word) => isDockerTest(word, root))),
  },
  generate: {
    title: "write the files that are made from the sources",
    example: "generate",
    main: "tasks/generate.ts",
    needsDocker: never,
    isWordless: true,
  },
  bench: {
    title: "measure speed and size, printed as ratios",
    example: "bench topology",
    main: "bench/NAME.ts",
    needsDocker: (words) => !isHelp(words) && DOCKER_BENCHES.includes(words[0] ?? ""),
  },
  server: {
    title: "the HTTP server on this machine, without a testbed",
    example: "server --help",
    main: "services/server/main.ts",
    needsDocker: never,
  },
  load: {
    title: "load a server with HTTP requests from this machine, without a testbed",
    example: "load --help",
    main: "services/loadgen/load.ts",
    needsDocker: never,
  },
  rudp: {
    title: "a RUDP endpoint on this machine, without a testbed",
    example: "rudp --help",
    main: "services/rudp/main.ts",
    needsDocker: never,
  },
  soak: {
    title: "a million lives of RUDP connections in virtual time",
    example: "soak 50000 seed 7",
    main: "tasks/soak.ts",
    needsDocker: never,
  },
  engines: {
    title: "the tests on real containers on other Docker engines, of Debian",
    example: "engines sid lifecycle",
    main: "tasks/engines.ts",
    needsDocker: (words) => !isHelp(words),
  },
  study: {
    title: "a reproducible study and its report",
    example: "study list",
    main: "study/main.ts",
    needsDocker: (words) => !isHelp(words) && ["run", "smoke", "resume"].includes(words[0] ?? ""),
  },
};

/**
 * The program to start for `word`, and its words.
 * @param {string} word
 * @param {string[]} words
 * @param {string} root the repository's root
 * @throws {Refusal} E_USAGE for an unknown word, with the nearest known one, and for one too many
 */
export function findCommand(word, words, root) {
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (command === undefined) throw unknownWord(word, Object.keys(COMMANDS), "./bin/rttlab --help lists the commands");
  const { title, main, needsDocker, isWordless = false } = command;
  if (isWordless && words.length > 0)
    throw new Refusal("E_USAGE", 2, `run "${word} ${words.join(" ")}": it takes no words`, [`${word}: ${title}`]);
  if (!main.includes("NAME")) return { main: join(root, main), words, needsDocker: needsDocker(words, root) };

  const names = namesFor(join(root, main, ".."));
  const [name, ...rest] = words;
  const known = `known: ${names.join(", ") || "none yet"}`;
  if (name === undefined || isHelp(words)) throw new Refusal("E_USAGE", 2, `run ${word}: it needs a name`, [known]);
  if (!names.includes(name)) throw unknownWord(name, names, known);
  return { main: join(root, main.replace("NAME", name)), words: rest, needsDocker: needsDocker(words, root) };
}

/** The text that `--help` prints. */
export function helpText() {
  const width = Math.max(...Object.values(COMMANDS).map(({ title }) => title.length));
  const lines = Object.entries(COMMANDS).map(
    ([word, { title, example }]) => `  ${word.padEnd(10)}${title.padEnd(width)}  ./bin/rttlab ${example}`,
  );
  return `rttlab: servers and transports over real network paths, on one machine.

Usage: ./bin/rttlab COMMAND …   or   npm run COMMAND …   (npm keeps options to itself: npm run -s topology -- status --json)

${lines.join("\n")}

The first command on a fresh clone sets everything up: dependencies, the pinned Node, and Docker where a command needs it.
`;
}

/**
 * @param {string} word
 * @param {string[]} known
 * @param {string} hint
 */
function unknownWord(word, known, hint) {
  const nearest =
    known.find((name) => isWithin(1, word, name)) ?? known.find((name) => name.length > 5 && isWithin(2, word, name));
  const reason = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  return new Refusal("E_USAGE", 2, `run "${word}": there is no such command${reason}`, [hint]);
}

/**
 * True when so many slips (a letter missed, added, wrong, or two the wrong way round) can make one
 * word of the other.
 * @param {number} slips
 * @param {string} one
 * @param {string} other
 * @returns {boolean}
 */
function isWithin(slips, one, other) {
  if (slips < 0) return false;
  if (one === "" || other === "") return one.length + other.length <= slips;
  if (one[0] === other[0]) return isWithin(slips, one.slice(1), other.slice(1));
  const swapped = one[0] === other[1] && one[1] === other[0];
  return (
    isWithin(slips - 1, one.slice(1), other) ||
    isWithin(slips - 1, one, other.slice(1)) ||
    isWithin(slips - 1, one.slice(1), other.slice(1)) ||
    (swapped && isWithin(slips - 1, one.slice(2), other.slice(2)))
  );
}

/** @param {string} folder */
function namesFor(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => file.slice(0, -".ts".length));
}

/**
 * @param {string} word
 * @param {string} root
 */
function isDockerTest(word, root) {
  return word === "engines" || existsSync(join(root, "tests", "docker", `${word}.test.ts`));
}

/** @param {string[]} words */
function isHelp(words) {
  return words[0] === "help" || words.includes("--help") || words.includes("-h");
}

function never() {
  return false;
}
