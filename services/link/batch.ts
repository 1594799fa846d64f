// Runs many `ip` or `tc` commands in one process, because each process costs 10 ms or more in a
// guest, and more where it loads a plugin.

import { RttlabError } from "../../lib/errors.ts";
import type { Backend } from "./backend.ts";

type Run = Backend["run"];

/** `"$0"` is the program, the rest are its lines. */
const SCRIPT = `printf '%s\\n' "$@" | "$0" -batch -`;

/**
 * Runs the commands in order, up to the first failure, which E_LINK_COMMAND names with its reason.
 */
export async function runBatch(run: Run, program: "ip" | "tc", commands: readonly string[][]): Promise<void> {
  if (commands.length === 0) return;
  try {
    await run("sh", "-c", SCRIPT, program, ...commands.map((words) => words.join(" ")));
  } catch (cause) {
    const { message } = cause as Error;
    const failed = commands[Number(/Command failed \S*?:(\d+)/.exec(message)?.[1]) - 1];
    const reason = /^.*?(?:: )?(Error: .*|RTNETLINK answers: .*|Cannot .*)$/m.exec(message)?.[1] ?? message;
    const what = failed === undefined ? `${program} -batch` : [program, ...failed].join(" ");
    throw new RttlabError("E_LINK_COMMAND", `${what}: ${reason}`, { cause });
  }
}

/** The line of JSON that each command prints, in their order. Throws as `run` does. */
export async function askBatch(run: Run, program: "ip" | "tc", commands: readonly string[][]): Promise<string[]> {
  if (commands.length === 0) return [];
  const script = SCRIPT.replace("-batch", "-j -batch");
  const said = await run("sh", "-c", script, program, ...commands.map((words) => words.join(" ")));
  return said.trim().split("\n");
}

/** Runs all commands in order, even if some fail. */
export async function tryBatch(run: Run, program: "ip" | "tc", commands: readonly string[][]): Promise<void> {
  const script = SCRIPT.replace("-batch", "-force -batch");
  await run("sh", "-c", script, program, ...commands.map((words) => words.join(" "))).catch(() => {});
}
