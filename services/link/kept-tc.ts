// A `tc` in the guest that stays and does commands line by line, because starting a program takes a
// guest some 20 ms and a study changes and reads a link many times. It reads and writes a console
// of its own. Each command is followed by an object that tc does not know: what tc says of that
// ends the reply (do_batch() in iproute2's tc/tc.c). It is a short cut: where it is silent, as was
// seen once on a very busy machine, or ends, as it does at a handle that is no number, it is
// killed, and from then on the guest's shell starts a tc for each command.

import type { Readable, Writable } from "node:stream";
import { log } from "../../lib/contract/serving/log.ts";
import type { RttlabError } from "../../lib/errors.ts";
import { type Dialect, openShell, type ShellOptions } from "../../lib/kept-shell.ts";
import type { Backend } from "./backend.ts";

const UNKNOWN = "over";
const FAILED = /Command failed -:\d+\n/;
const PROGRAM = "tc -s -j -force -batch -";
/** A starved guest takes a second or two for a command. */
const SILENT_MILLIS = 8_000;

const TC: Dialect = {
  write: ([, ...words]) => `${words.join(" ")}\n${UNKNOWN}\n`,
  end: new RegExp(`Object "${UNKNOWN}" is unknown, try "tc help"\\.\\n${FAILED.source}`),
  read: (text) => ({ text: text.replace(FAILED, ""), status: FAILED.test(text) ? 1 : 0 }),
};

/** The guest's shell, as Backend has it, and where tc's console is: for the guest, and for us. */
export interface Place extends Pick<Backend, "run" | "script"> {
  console: string;
  input: Writable;
  output: Readable;
}

/**
 * A list with changes that a silent tc had begun fails with E_LINK_SILENT, for nobody knows how far
 * it came; lists that only read, and all later ones, are done by the shell.
 */
export async function openKeptTc(place: Place, options: ShellOptions): Promise<Backend["tc"]> {
  const { script, console, input, output } = place;
  const id = Number(
    await script(`stty raw -echo <${console} && { ${PROGRAM} <${console} >${console} 2>&1 & echo $!; }`),
  );
  const kept = openShell(input, output, { ...options, giveUpMillis: SILENT_MILLIS }, TC);
  input.write(`${UNKNOWN}\n`); // it says nothing of itself when it is ready
  let run: (command: readonly string[]) => Promise<string> = kept.run;
  const byShell = (command: readonly string[]) => place.run("tc", "-s", "-j", ...command.slice(1));
  /** It must not wake later and do what it was asked. */
  const giveUp = async () => {
    run = byShell;
    log("tc-silent", {});
    await script(`kill -9 ${id} || true`);
  };
  const inOrder = async (commands: readonly (readonly string[])[]) => {
    const said: string[] = [];
    for (const command of commands) said.push(await run(["tc", ...command]));
    return said;
  };
  // No other's commands come in between those of one list.
  let last: Promise<unknown> = kept.ready.catch(giveUp);
  const insist = async (commands: readonly (readonly string[])[]) => {
    try {
      return await inOrder(commands);
    } catch (error) {
      if ((error as RttlabError).code !== options.codes.silent || run === byShell) throw error;
      await giveUp();
      if (commands.some(([, verb]) => verb !== "show")) throw error;
      return await inOrder(commands);
    }
  };
  return (commands) => {
    const turn = last.then(() => insist(commands));
    last = turn.catch(() => {});
    return turn;
  };
}
