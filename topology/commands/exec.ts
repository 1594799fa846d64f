// `topology exec HOST COMMAND…`: runs a command in a host or link, with this terminal where there is one, and exits as it does.

import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { connectDocker } from "../apply/docker.ts";
import { execute } from "../apply/exec.ts";
import { observeTestbeds } from "../apply/observe.ts";
import type { Output } from "./output.ts";
import { chooseContainer } from "./targets.ts";

export async function exec([host = "", ...command]: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const { name } = chooseContainer(await observeTestbeds(engine), host);
  if (output.json) return collect(name, command, output, (options) => execute(engine, name, command, options));
  return process.stdin.isTTY && process.stdout.isTTY
    ? inTerminal((options) => execute(engine, name, command, options))
    : execute(engine, name, command, { input: process.stdin, output: process.stdout, errors: process.stderr });
}

type Run = (options: Parameters<typeof execute>[3]) => Promise<number>;

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
