// This terminal, lent to a command in a container.

import { execFileSync } from "node:child_process";
import type { Terminal } from "../apply/terminal-size.ts";

/**
 * Node restores this terminal, with everything changed here, when raw mode or the process ends, and
 * so does bin/rttlab afterwards.
 */
export async function inTerminal(run: (terminal: Terminal) => Promise<number>): Promise<number> {
  process.stdin.setRawMode(true);
  leaveLinesAlone();
  try {
    return await run(process.stdout);
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.unref();
  }
}

/**
 * Node's raw mode still turns "\n" into "\r\n", which the container's terminal has already done.
 */
function leaveLinesAlone(): void {
  try {
    execFileSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"] });
  } catch {} // a system without stty: lines end in "\r\r\n" there
}
