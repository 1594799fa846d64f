// `topology exec HOST COMMAND…`: runs a command in a host or link, with this terminal where there is one, and exits as it does. Docker passes
// no signals on to what was started so: an interrupt is sent to the command, and whatever it has started, by a second one.

import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { RttlabError } from "../../lib/errors.ts";
import { standardSink } from "../../lib/program.ts";
import { connectDocker, type Engine } from "../apply/docker.ts";
import { type ExecOptions, execute, type Terminal } from "../apply/exec.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { chooseContainer } from "../testbed/targets.ts";
import type { Output } from "./output.ts";

export async function exec([host = "", ...command]: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const { name } = chooseContainer(await observeTestbeds(engine), host);
  const running = startable(engine, name, command);
  if (output.json) return collect(name, command, output, running);
  const [sink, errors] = [standardSink("stdout", running.end), standardSink("stderr", running.end)];
  return process.stdin.isTTY && process.stdout.isTTY
    ? inTerminal((terminal) => running.run({ input: process.stdin, output: sink, terminal }))
    : running.run({ input: process.stdin, output: sink, errors });
}

interface Startable {
  /** Runs the command to its end, passing on the signals that come here; rejects with the reason that it was ended for. */
  run(options: ExecOptions): Promise<number>;
  /** Ends the running command, because what it prints can go nowhere. */
  end(reason: RttlabError): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const MARK = "RTTLAB_EXEC";
/** Sends the signal `$1` to every process whose environment has the line `$2`; fails when there is none. */
const SEND = `sent=1
for process in /proc/[0-9]*; do
  grep -qszxF "$2" "$process/environ" && kill -s "$1" "\${process#/proc/}" && sent=0
done
exit $sent`;
/** The first is what a shell's pipe would send; programs of Node, for one, ignore it. */
const ENDING = ["PIPE", "TERM", "KILL"] as const;
const ENDS_WITHIN_MILLIS = 1000;
const STARTS_WITHIN_MILLIS = 5000;

function startable(engine: Engine, container: string, command: readonly string[]): Startable {
  const mark = `${MARK}=${randomUUID()}`;
  const ended = new AbortController();
  let endedFor: RttlabError | null = null;

  const send = async (signal: string) => {
    const words = ["sh", "-c", SEND, "sh", signal, mark];
    const until = performance.now() + STARTS_WITHIN_MILLIS; // a signal may come before the command is there
    while (!ended.signal.aborted && performance.now() < until) {
      if ((await execute(engine, container, words)) === 0) return;
      await delay(100);
    }
  };
  // A container that is gone has ended the command as well.
  const pass = (signal: NodeJS.Signals) => void send(signal.replace("SIG", "")).catch(() => {});
  const insist = async () => {
    for (const signal of ENDING) {
      await send(signal);
      await delay(ENDS_WITHIN_MILLIS, null, { signal: ended.signal });
    }
  };

  return {
    end(reason) {
      if (endedFor === null) insist().catch(() => {});
      endedFor ??= reason;
    },
    async run(options) {
      for (const signal of SIGNALS) process.on(signal, pass);
      try {
        const status = await execute(engine, container, command, { ...options, environment: [mark] });
        if (endedFor !== null) throw endedFor;
        return status;
      } finally {
        ended.abort();
        for (const signal of SIGNALS) process.off(signal, pass);
      }
    },
  };
}

/** More cannot be one JSON document in a program's memory. */
const MOST_COLLECTED_BYTES = 64 * 1024 ** 2;

async function collect(container: string, command: string[], output: Output, running: Startable): Promise<number> {
  const tooMuch = `running ${command[0]} in ${container}: it printed more than ${MOST_COLLECTED_BYTES / 1024 ** 2} MiB, too much for one JSON document; leave json out`;
  const collector = () => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const sink = new Writable({
      write(piece: Buffer, _encoding, done) {
        bytes += piece.length;
        if (bytes <= MOST_COLLECTED_BYTES) pieces.push(piece);
        else running.end(new RttlabError("E_EXEC", tooMuch));
        done();
      },
    });
    return { sink, text: () => Buffer.concat(pieces).toString() };
  };
  const [stdout, stderr] = [collector(), collector()];
  const exitCode = await running.run({ output: stdout.sink, errors: stderr.sink });
  const printed = { stdout: stdout.text(), stderr: stderr.text() };
  await output.result({ container, command, exitCode, ...printed }, () => printed.stdout);
  return exitCode;
}

/** Node puts this terminal back, with all that was changed here, when raw mode ends or the process does, and bin/rttlab after it. */
async function inTerminal(run: (terminal: Terminal) => Promise<number>): Promise<number> {
  process.stdin.setRawMode(true);
  leaveLinesAlone();
  try {
    return await run(process.stdout);
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.unref();
  }
}

/** Node's raw mode still makes "\n" into "\r\n", which the container's terminal has done already. */
function leaveLinesAlone(): void {
  try {
    execFileSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"] });
  } catch {} // a system without stty: lines end in "\r\r\n" there
}
