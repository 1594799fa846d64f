// Becomes the command: the pinned Node on a TypeScript main, with this terminal, these signals, and
// its exit status as ours.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { Refusal } from "./refusal.mjs";

/**
 * @param {string} root the repository's root
 * @param {string} node
 * @param {string} main
 * @param {string[]} words
 */
export async function runMain(root, node, main, words) {
  // Compiled code is kept beside the sources, because compiling takes half of a short command's
  // time.
  const env = { NODE_COMPILE_CACHE: join(root, ".rttlab", "compile-cache"), ...process.env };
  // A terminal sends Ctrl-C to the whole group: the child has it already, and a second one would
  // read as impatience.
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  /** @type {Record<string, () => void>} */
  const handlers = {
    SIGINT: () => void (atTerminal || child.kill("SIGINT")),
    SIGTERM: () => void child.kill("SIGTERM"),
    SIGHUP: () => void child.kill("SIGHUP"),
  };
  // Before it starts: a signal meanwhile would end this process alone, and leave the command.
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  const child = spawn(node, [main, ...words], { stdio: "inherit", env });

  /** @type {{code: number | null, signal: NodeJS.Signals | null}} */
  const { code, signal } = await new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Refusal("E_NODE_UNAVAILABLE", 3, `start ${node}: ${error.message}`)));
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  for (const [name, handler] of Object.entries(handlers)) process.off(name, handler);
  // Of SIGKILL this process would die at once, without putting back a terminal that the command had
  // in raw mode.
  if (signal === "SIGKILL") process.exitCode = 128 + 9;
  else if (signal === null) process.exitCode = code ?? 1;
  else process.kill(process.pid, signal);
}
