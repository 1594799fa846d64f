// A program that a bench starts and that ends with it, even when the bench is killed: a server or a
// burner left behind would take part in every later measurement. The kernel sends the signal
// (prctl(2), PR_SET_PDEATHSIG), which setpriv(1) of util-linux asks for and exec keeps.

import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

/** `options`: of its environment and streams; without any it has no streams. */
export function startChild(
  [program = "", ...words]: readonly string[],
  options: SpawnOptions = { stdio: "ignore" },
): ChildProcess {
  return spawn("setpriv", ["--pdeathsig", "KILL", program, ...words], options);
}
