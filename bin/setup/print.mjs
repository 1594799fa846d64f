// Prints to stdout and stderr for the set-up. It repeats `print` of lib/program.ts, because this
// part runs before there is a Node that reads TypeScript.

import { Refusal } from "./refusal.mjs";

/** 128 + SIGPIPE, as a shell has it of a program whose reader went away. */
const BROKEN_PIPE = 141;

/**
 * Writes to stdout; a reader that has gone away ends the program without a word.
 * @param {string} text
 * @throws {Refusal} E_OUTPUT when no more can be written there
 */
export async function print(text) {
  process.stdout.on("error", () => {}); // the callback has it
  /** @type {NodeJS.ErrnoException | null | undefined} */
  const error = await new Promise((resolve) => process.stdout.write(text, resolve));
  if (error?.code === "EPIPE") process.exit(BROKEN_PIPE);
  if (!error) return;
  const reason = error.code === "ENOSPC" ? "no space is left there" : error.message;
  throw new Refusal("E_OUTPUT", 1, `writing to stdout: ${reason}`);
}
