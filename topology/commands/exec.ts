// `topology exec HOST COMMAND…`: runs a command in a host or link, with this terminal where there is one, and exits as it does. Docker passes
// no signals on to what was started so: an interrupt is sent to the command, and whatever it has started, by a second one.

import { randomUUID } from "node:crypto";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { connectDocker, type Engine } from "../apply/docker.ts";
import { type ExecOptions, execute } from "../apply/exec.ts";
import { observeTestbeds } from "../apply/observe.ts";
import type { Output } from "./output.ts";
import { chooseContainer } from "./targets.ts";

export async function exec([host = "", ...command]: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const { name } = chooseContainer(await observeTestbeds(engine), host);
  const run: Run = (options) => passingSignals(engine, name, command, options);
  if (output.json) return collect(name, command, output, run);
  return process.stdin.isTTY && process.stdout.isTTY
    ? inTerminal(run)
    : run({ input: process.stdin, output: process.stdout, errors: process.stderr });
}

type Run = (options: ExecOptions) => Promise<number>;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const MARK = "RTTLAB_EXEC";
/** Sends the signal `$1` to every process whose environment has the line `$2`. */
const SEND = `for process in /proc/[0-9]*; do
  grep -qszxF "$2" "$process/environ" && kill -s "$1" "\${process#/proc/}"
done`;

async function passingSignals(
  engine: Engine,
  container: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<number> {
  const mark = `${MARK}=${randomUUID()}`;
  const pass = (signal: NodeJS.Signals) => {
    const send = ["sh", "-c", SEND, "sh", signal.replace("SIG", ""), mark];
    execute(engine, container, send).catch(() => {}); // a container that is gone has ended the command as well
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    return await execute(engine, container, command, { ...options, environment: [mark] });
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}

async function collect(container: string, command: string[], output: Output, run: Run): Promise<number> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = Promise.all([text(stdout), text(stderr)]);
  const exitCode = await run({ output: stdout, errors: stderr });
  stdout.end();
  stderr.end();
  const [said, complained] = await texts;
  output.result({ container, command, exitCode, stdout: said, stderr: complained }, () => said);
  return exitCode;
}

async function inTerminal(run: Run): Promise<number> {
  const { columns, rows } = process.stdout;
  process.stdin.setRawMode(true);
  try {
    return await run({ input: process.stdin, output: process.stdout, terminal: { columns, rows } });
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.unref();
  }
}
