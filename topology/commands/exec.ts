// `topology exec HOST COMMAND…`: runs a command in a host or link, with this terminal if there is
// one, and exits with its status. `exec load load …` loads from all generators of a scenario.

import { Writable } from "node:stream";
import { RttlabError } from "../../lib/errors.ts";
import { standardSink } from "../../lib/program.ts";
import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { type Command, commandIn } from "../testbed/command.ts";
import { chooseContainer } from "../testbed/targets.ts";
import { generatorsOf, loadTogether } from "./load-together.ts";
import type { Output } from "./output.ts";
import { inTerminal } from "./terminal.ts";

export async function exec([host = "", ...words]: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const observed = await observeTestbeds(engine);
  const generators = generatorsOf(observed, host, words);
  if (generators !== null) return loadTogether(engine, generators, words.slice(1), output);
  const { name } = chooseContainer(observed, host);
  const command = commandIn(engine, name, words);
  if (output.json) return collect(name, words, output, command);
  const [sink, errors] = [standardSink("stdout", command.end), standardSink("stderr", command.end)];
  return process.stdin.isTTY && process.stdout.isTTY
    ? inTerminal((terminal) => command.run({ input: process.stdin, output: sink, terminal }))
    : command.run({ input: process.stdin, output: sink, errors });
}

/** More output cannot be one JSON document in a program's memory. */
const MOST_COLLECTED_BYTES = 64 * 1024 ** 2;

async function collect(container: string, words: string[], output: Output, command: Command): Promise<number> {
  const tooMuch = `running ${words[0]} in ${container}: it printed more than ${MOST_COLLECTED_BYTES / 1024 ** 2} MiB, too much for one JSON document; leave json out`;
  const collector = () => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const sink = new Writable({
      write(piece: Buffer, _encoding, done) {
        bytes += piece.length;
        if (bytes <= MOST_COLLECTED_BYTES) pieces.push(piece);
        else command.end(new RttlabError("E_EXEC", tooMuch));
        done();
      },
    });
    return { sink, text: () => Buffer.concat(pieces).toString() };
  };
  const [stdout, stderr] = [collector(), collector()];
  const exitCode = await command.run({ output: stdout.sink, errors: stderr.sink });
  const printed = { stdout: stdout.text(), stderr: stderr.text() };
  await output.result({ container, command: words, exitCode, ...printed }, () => printed.stdout);
  return exitCode;
}
