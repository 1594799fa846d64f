// A shell in a container that stays open while a link is measured. A command begins in it within
// milliseconds, where an exec of its own would take Docker a tenth of a second and a processor.
// Commands run side by side.

import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { RttlabError } from "../../lib/errors.ts";
import { shellWord } from "../../lib/shell-word.ts";
import type { Engine } from "../apply/docker.ts";
import { execute } from "../apply/exec.ts";

export interface Shell {
  /**
   * Resolves to the command's stdout; rejects with E_MEASUREMENT if it failed. `seconds`: its
   * expected duration.
   */
  run(command: readonly string[], options?: { seconds?: number }): Promise<string>;
  /** For a command that may fail. */
  attempt(command: readonly string[], options?: { seconds?: number }): Promise<Printed>;
  /** Ends it, and everything that runs in it. */
  close(): void;
}

/** The output of a command, whether it failed or not. */
export interface Printed {
  stdout: string;
  stderr: string;
}

/** The time that a command may take beyond its sample; a slower one has lost its other end. */
const SPARE_SECONDS = 20;

/**
 * Each line is a number and a command; an answer is a whole line of JSON, because a lock keeps
 * answers apart.
 */
const LOOP = `cd /tmp
answer() {
  printf '{"id":%s,"status":%s,"output":"%s","errors":"%s"}\\n' "$1" "$2" "$(base64 -w 0 "$1.out")" "$(base64 -w 0 "$1.err")"
  rm "$1.out" "$1.err"
}
while read -r id command; do
  { eval "$command" >"$id.out" 2>"$id.err" </dev/null; status=$?; { flock 9; answer "$id" "$status"; } 9>turn; } &
done`;

interface Answer {
  id: number;
  status: number;
  output: string;
  errors: string;
}

export function openShell(engine: Engine, container: string): Shell {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const { promise: gone, reject: lose } = Promise.withResolvers<never>();
  gone.catch(() => {});
  const fail = (reason: string) =>
    lose(new RttlabError("E_MEASUREMENT", `running commands in ${container}: ${reason}`));
  execute(engine, container, ["sh", "-c", LOOP], { input, output }).then(() => fail("its shell has ended"), lose);
  const answers = new Map<number, (answer: Answer) => void>();
  createInterface({ input: output }).on("line", (line) => {
    // Where the container has gone, Docker writes why in its place.
    if (!line.startsWith("{")) return fail(`its shell has ended: ${line}`);
    const answer = JSON.parse(line) as Answer;
    answers.get(answer.id)?.(answer);
    answers.delete(answer.id);
  });
  let commands = 0;
  const ask = async (command: readonly string[], seconds: number) => {
    const limit = Math.ceil(seconds) + SPARE_SECONDS;
    const id = commands++;
    const { promise: answered, resolve } = Promise.withResolvers<Answer>();
    answers.set(id, resolve);
    input.write(`${id} timeout -k 1 ${limit} ${command.map(shellWord).join(" ")}\n`);
    const fail = (reason: string) =>
      new RttlabError("E_MEASUREMENT", `running ${command.join(" ")} in ${container}: ${reason}`);
    const late = sleep(2000 * limit, undefined, { ref: false }); // of a container that is paused
    const answer = await Promise.race([answered, gone, late]);
    if (answer === undefined) throw fail(`it did not end within ${2 * limit} s`);
    const [stdout, stderr] = [decoded(answer.output), decoded(answer.errors)];
    return { stdout, stderr, status: answer.status, failure: () => fail(reason(stdout, stderr, answer.status, limit)) };
  };
  return {
    async run(command, { seconds = 0 } = {}) {
      const { stdout, status, failure } = await ask(command, seconds);
      if (status !== 0) throw failure();
      return stdout;
    },
    attempt: (command, { seconds = 0 } = {}) => ask(command, seconds),
    close: () => input.end(),
  };
}

function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString();
}

/** A tool's message about its failure: iperf3 prints it as JSON on stdout, the others on stderr. */
function reason(stdout: string, stderr: string, status: number, limit: number): string {
  const said = /"error":\s*"([^"]*)"/.exec(stdout)?.[1] ?? stderr.trim();
  const ended = status === 124 || status === 137 ? `it did not end within ${limit} s` : `exit ${status}`;
  return said === "" ? ended : `${said} (${ended})`;
}
