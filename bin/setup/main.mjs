// Sets up what a command needs, in the order in which the parts need each other, then becomes that
// command: dependencies by npm, the pinned Node out of them, Docker where the command uses it. When
// nothing changed this only looks.

import { fileURLToPath } from "node:url";
import { findCommand, helpText } from "./commands.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { ensureDocker } from "./docker.mjs";
import { ensureNode } from "./node.mjs";
import { print } from "./print.mjs";
import { describeRefusal, Refusal } from "./refusal.mjs";
import { runMain } from "./run.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Runs `rttlab WORD …`; sets the exit status, and dies of the signal that the command died of.
 * @param {string[]} words
 */
export async function main([word, ...rest]) {
  process.stderr.on("error", () => {}); // nobody reads the words; the exit status still says it
  try {
    if (word === undefined || word === "help" || word === "--help" || word === "-h") {
      process.exitCode = word === undefined ? 2 : 0;
      if (word === undefined) process.stderr.write(helpText());
      else await print(helpText());
      return;
    }
    const command = findCommand(word, rest, ROOT);
    await ensureDependencies(ROOT);
    const node = await ensureNode(ROOT);
    if (command.needsDocker) await ensureDocker(ROOT);
    await runMain(ROOT, node, command.main, command.words);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${describeRefusal(error)}\n`);
    process.exitCode = error.status;
  }
}
