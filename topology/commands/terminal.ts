// This terminal, lent to a command in a container.

import { execFileSync } from "node:child_process";
import type { Terminal } from "../apply/exec.ts";

/** Node puts this terminal back, with all that was changed here, when raw mode ends or the process does, and bin/rttlab after it. */
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

/** Node's raw mode still makes "\n" into "\r\n", which the container's terminal has done already. */
function leaveLinesAlone(): void {
  try {
    execFileSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"] });
  } catch {} // a system without stty: lines end in "\r\r\n" there
}
