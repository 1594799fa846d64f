// Commands to the shell in the guest (guest/init.sh) over its console: a line in, its output, then
// a line with its exit status. Commands run one at a time, in order. The shell blocks between them,
// so an idle guest costs nothing.

import type { Readable, Writable } from "node:stream";
import { log } from "../../lib/contract/serving/log.ts";
import { RttlabError } from "../../lib/errors.ts";
import { shellWord } from "../../lib/shell-word.ts";

export interface GuestShell {
  /** Resolves when the shell waits for its first command. */
  ready: Promise<void>;
  /**
   * Runs a command with quoted words; resolves to its output. Throws E_LINK_COMMAND with the output
   * on a non-zero exit, E_LINK_SILENT without a reply.
   */
  run(command: readonly string[]): Promise<string>;
}

/**
 * How long a reply may take, including the wait for earlier ones. `nudge`: after this time a blank
 * line, which the shell skips, wakes the guest.
 */
export interface Patience {
  nudgeMillis: number;
  giveUpMillis: number;
}

/**
 * On a very busy machine a guest was seen to forward packets without noticing its console; more
 * input wakes it.
 */
const PATIENCE: Patience = { nudgeMillis: 2_000, giveUpMillis: 30_000 };
const REPLY_END = /\n:exit (\d+)\n/;

interface Reply {
  text: string;
  status: number;
}

/** The guest reads `input` and writes `output`. */
export function openGuestShell(input: Writable, output: Readable, patience = PATIENCE): GuestShell {
  const waiting: ((reply: Reply) => void)[] = [];
  let received = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    received += text;
    for (let end = REPLY_END.exec(received); end !== null; end = REPLY_END.exec(received)) {
      const reply = { text: received.slice(0, end.index), status: Number(end[1]) };
      received = received.slice(end.index + end[0].length);
      waiting.shift()?.(reply);
    }
  });
  input.on("error", () => {}); // its process reports the guest's end
  output.on("error", () => {});
  const nextReply = () => new Promise<Reply>((resolve) => waiting.push(resolve));
  const ready = nextReply().then(() => {});

  const ask = async (command: readonly string[], untilMillis: number): Promise<string> => {
    const [program = ""] = command;
    if (performance.now() >= untilMillis) throw silent(program, patience);
    input.write(`${command.map(shellWord).join(" ")}\n`);
    const { text, status } = await insist(nextReply(), program, input, untilMillis, patience);
    if (status === 0) return text;
    throw new RttlabError("E_LINK_COMMAND", `${command.join(" ")}: ${text.trim() || `exit ${status}`}`);
  };
  // One after another, because a console's unread input is bounded.
  let last: Promise<unknown> = ready;
  return {
    ready,
    run(command) {
      const untilMillis = performance.now() + patience.giveUpMillis;
      const answer = last.then(() => ask(command, untilMillis));
      last = answer.catch(() => {});
      return answer;
    },
  };
}

/** Waits for the reply, nudges the guest, and finally gives up. */
async function insist(
  reply: Promise<Reply>,
  program: string,
  input: Writable,
  untilMillis: number,
  patience: Patience,
): Promise<Reply> {
  const nudging = setInterval(() => {
    log("guest-nudged", { program });
    input.write("\n");
  }, patience.nudgeMillis);
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const givingUp = setTimeout(() => reject(silent(program, patience)), untilMillis - performance.now());
  try {
    return await Promise.race([reply, silence]);
  } finally {
    clearInterval(nudging);
    clearTimeout(givingUp);
  }
}

function silent(program: string, { giveUpMillis }: Patience): RttlabError {
  return new RttlabError("E_LINK_SILENT", `running ${program} in the guest: no reply in ${giveUpMillis} ms`);
}
