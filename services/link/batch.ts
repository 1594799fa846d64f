// Runs many `ip` or `tc` commands in one process, because each process costs 10 ms or more in a
// guest, and more where it loads a plugin.

import { RttlabError } from "../../lib/errors.ts";
import { shellWord } from "../../lib/shell-word.ts";
import type { Backend } from "./backend.ts";

type RunScript = Backend["script"];

function batchLine(program: string, options: string, commands: readonly string[][]): string {
  const lines = commands.map((words) => shellWord(words.join(" ")));
  return `printf '%s\\n' ${lines.join(" ")} | ${program} ${options} -`;
}

/**
 * Runs the commands in order, up to the first failure, which E_LINK_COMMAND names with its reason.
 */
export async function runBatch(script: RunScript, program: "ip" | "tc", commands: readonly string[][]): Promise<void> {
  if (commands.length === 0) return;
  try {
    await script(batchLine(program, "-batch", commands));
  } catch (cause) {
    const { message } = cause as Error;
    const failed = commands[Number(/Command failed \S*?:(\d+)/.exec(message)?.[1]) - 1];
    const reason = /^.*?(?:: )?(Error: .*|RTNETLINK answers: .*|Cannot .*)$/m.exec(message)?.[1] ?? message;
    const what = failed === undefined ? `${program} -batch` : [program, ...failed].join(" ");
    throw new RttlabError("E_LINK_COMMAND", `${what}: ${reason}`, { cause });
  }
}

/** The line of JSON that each command prints, in their order. Throws as `run` does. */
export async function askBatch(
  script: RunScript,
  program: "ip" | "tc",
  commands: readonly string[][],
): Promise<string[]> {
  if (commands.length === 0) return [];
  const said = await script(batchLine(program, "-j -batch", commands));
  return said.trim().split("\n");
}

/** Runs all commands in order, even if some fail. */
export async function tryBatch(script: RunScript, program: "ip" | "tc", commands: readonly string[][]): Promise<void> {
  await script(batchLine(program, "-force -batch", commands)).catch(() => {});
}
