// Commands to the shell in the guest (guest/init.sh) over its console: a line in, what it printed out, then a line with its
// exit status. One at a time, in order; the shell blocks in between, so an idle guest costs nothing.

import type { Readable, Writable } from "node:stream";
import { RttlabError } from "../../lib/errors.ts";

export interface GuestShell {
  /** Resolves when the shell waits for its first command. */
  ready: Promise<void>;
  /** Runs a command, its words quoted; resolves to what it printed. E_LINK_COMMAND with that when it exits other than 0. */
  run(command: readonly string[]): Promise<string>;
}

const REPLY_END = /\n:exit (\d+)\n/;

/** `input` is what the guest reads, `output` what it writes. */
export function openGuestShell(input: Writable, output: Readable): GuestShell {
  const waiting: ((reply: { text: string; status: number }) => void)[] = [];
  let received = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    received += text;
    for (let end = REPLY_END.exec(received); end !== null; end = REPLY_END.exec(received)) {
      const reply = { text: received.slice(0, end.index), status: Number(end[1]) };
      received = received.slice(end.index + end[0].length);
      waiting.shift()?.(reply);
    }
  });
  input.on("error", () => {}); // the guest's end is told by its process
  output.on("error", () => {});
  const reply = () => new Promise<{ text: string; status: number }>((resolve) => waiting.push(resolve));
  const ready = reply().then(() => {});
  return {
    ready,
    async run(command) {
      await ready;
      input.write(`${command.map(quote).join(" ")}\n`);
      const { text, status } = await reply();
      if (status === 0) return text;
      throw new RttlabError("E_LINK_COMMAND", `${command.join(" ")}: ${text.trim() || `exit ${status}`}`);
    },
  };
}

function quote(word: string): string {
  return /^[\w./:%@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
