// Commands to a shell that stays, such as that in a link's guest or in a host: a line in, its
// output, then a line with its exit status. Commands run one at a time, in order. The shell blocks
// between them, so that it costs nothing while it is idle. Another program that reads commands line
// by line may stand in its place (services/link/kept-tc.ts).

import type { Readable, Writable } from "node:stream";
import { RttlabError } from "./errors.ts";
import { shellWord } from "./shell-word.ts";

/**
 * The shell's program. Blank lines are skipped; the end of its input ends it. A guest's init
 * (services/link/guest/init.sh) ends with the same lines.
 */
export const SHELL_LOOP = `status=0
while printf '\\n:exit %s\\n' "$status"; do
  command=
  while [ -z "$command" ]; do IFS= read -r command || exit; done
  eval "$command"
  status=$?
done
`;

export interface KeptShell {
  /** Resolves when the shell waits for its first command. */
  ready: Promise<void>;
  /**
   * Runs a command with quoted words; resolves to its output. Throws the code `failed` with the
   * output on a non-zero exit, `silent` without a reply.
   */
  run(command: readonly string[]): Promise<string>;
}

export interface ShellOptions {
  /** Whose shell it is, such as "the guest". */
  where: string;
  /** The codes of errors. */
  codes: { failed: string; silent: string };
  /** How long a reply may take, including the wait for earlier ones. */
  giveUpMillis?: number;
  /**
   * After this time a blank line, which the shell skips, follows: on a very busy machine a guest
   * was seen to forward packets without noticing its console, and more input wakes it.
   */
  nudgeMillis?: number;
  onNudge?(program: string): void;
  /** Rejects when the shell is over; so do the commands that wait then. */
  ended?: Promise<never>;
}

const GIVE_UP_MILLIS = 30_000;
const NUDGE_MILLIS = 2_000;
interface Reply {
  text: string;
  status: number;
}

/** How a program takes commands, and how its replies end. */
export interface Dialect {
  write(command: readonly string[]): string;
  end: RegExp;
  read(text: string, end: RegExpExecArray): Reply;
}

const POSIX_SHELL: Dialect = {
  write: (command) => `${command.map(shellWord).join(" ")}\n`,
  end: /\n:exit (\d+)\n/,
  read: (text, [, status]) => ({ text, status: Number(status) }),
};

/** The shell reads `input` and writes `output`. */
export function openShell(input: Writable, output: Readable, options: ShellOptions, dialect = POSIX_SHELL): KeptShell {
  const { where, codes, giveUpMillis = GIVE_UP_MILLIS, nudgeMillis = NUDGE_MILLIS } = options;
  const waiting: ((reply: Reply) => void)[] = [];
  let received = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    received += text;
    for (let end = dialect.end.exec(received); end !== null; end = dialect.end.exec(received)) {
      const reply = dialect.read(received.slice(0, end.index), end);
      received = received.slice(end.index + end[0].length);
      waiting.shift()?.(reply);
    }
  });
  input.on("error", () => {}); // its process reports the shell's end
  output.on("error", () => {});
  const nextReply = () => new Promise<Reply>((resolve) => waiting.push(resolve));
  const silent = (program: string) =>
    new RttlabError(codes.silent, `running ${program} in ${where}: no reply in ${giveUpMillis} ms`);

  /** Waits for the reply, nudges the shell, and finally gives up. */
  const insist = async (reply: Promise<Reply>, program: string, untilMillis: number): Promise<Reply> => {
    const nudging = setInterval(() => {
      options.onNudge?.(program);
      input.write("\n");
    }, nudgeMillis);
    const { promise: silence, reject } = Promise.withResolvers<never>();
    const givingUp = setTimeout(() => reject(silent(program)), Math.max(1, untilMillis - performance.now()));
    try {
      return await Promise.race([reply, silence, ...(options.ended === undefined ? [] : [options.ended])]);
    } finally {
      clearInterval(nudging);
      clearTimeout(givingUp);
    }
  };

  const ask = async (command: readonly string[], untilMillis: number): Promise<string> => {
    const [program = ""] = command;
    if (performance.now() >= untilMillis) throw silent(program);
    input.write(dialect.write(command));
    const { text, status } = await insist(nextReply(), program, untilMillis);
    if (status === 0) return text;
    throw new RttlabError(codes.failed, `${command.join(" ")}: ${text.trim() || `exit ${status}`}`);
  };
  const ready = insist(nextReply(), "nothing yet", performance.now() + giveUpMillis).then(() => {});
  ready.catch(() => {}); // the commands that wait for it say so
  // One after another, because a console's unread input is bounded.
  let last: Promise<unknown> = ready;
  return {
    ready,
    run(command) {
      const untilMillis = performance.now() + giveUpMillis;
      const answer = last.then(() => ask(command, untilMillis));
      last = answer.catch(() => {});
      return answer;
    },
  };
}
