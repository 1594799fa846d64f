// A `tc` in the guest that stays and does commands line by line, because starting a program takes a
// guest some 20 ms and a study changes and reads a link many times. It reads and writes a console
// of its own. Each command is followed by an object that tc does not know: what tc says of that
// ends the reply (do_batch() in iproute2's tc/tc.c).

import type { Readable, Writable } from "node:stream";
import { RttlabError } from "../../lib/errors.ts";
import { type Dialect, GIVE_UP_MILLIS, openShell, type ShellOptions } from "../../lib/kept-shell.ts";
import type { Backend } from "./backend.ts";

const UNKNOWN = "over";
const FAILED = /Command failed -:\d+\n/;

/**
 * For a command that waits while its tc ends: it has failed, as what tc said before this may tell.
 */
const ENDED = `Command failed -:0\\nObject "${UNKNOWN}" is unknown, try "tc help".\\nCommand failed -:0\\n`;
/** The shell's program that keeps it. */
export const KEPT_TC = `while :; do tc -s -j -force -batch -; printf '${ENDED}'; sleep 0.2; done`;

/**
 * The line for the guest's shell that starts it on a console. Failures of commands do not end it,
 * and it begins anew if something else does.
 */
export function keptTcLine(console: string): string {
  return `stty raw -echo <${console} && { { ${KEPT_TC}; } <${console} >${console} 2>&1 & }`;
}

const TC: Dialect = {
  write: ([, ...words]) => `${words.join(" ")}\n${UNKNOWN}\n`,
  end: new RegExp(`Object "${UNKNOWN}" is unknown, try "tc help"\\.\\n${FAILED.source}`),
  read: (text) => ({ text: text.replace(FAILED, ""), status: FAILED.test(text) ? 1 : 0 }),
};

/** `input` and `output` are those of its console. */
export function openKeptTc(input: Writable, output: Readable, options: ShellOptions): Backend["tc"] {
  const { run } = openShell(input, output, options, TC);
  input.write(`${UNKNOWN}\n`); // it says nothing of itself when it is ready
  const inOrder = async (commands: readonly (readonly string[])[]) => {
    const said: string[] = [];
    for (const command of commands) said.push(await run(["tc", ...command]));
    return said;
  };
  // No other's commands come in between those of one list.
  let last: Promise<unknown> = Promise.resolve();
  return (commands) => {
    const untilMillis = performance.now() + GIVE_UP_MILLIS;
    const turn = last.then(() => {
      // All that wait are given up at once, not one after another.
      if (performance.now() >= untilMillis)
        throw new RttlabError(options.codes.silent, `running tc in ${options.where}: no reply to earlier commands`);
      return inOrder(commands);
    });
    last = turn.catch(() => {});
    return turn;
  };
}
