// Commands inside a running container.

import { PassThrough, type Readable, type Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { WriteStream } from "node:tty";
import type { Exec } from "dockerode";
import { RttlabError } from "../../lib/errors.ts";
import { deliverFrames, deliverTo } from "./delivery.ts";
import { attempt, type Engine } from "./docker.ts";

/** A terminal as far as its size goes. */
export type Terminal = Pick<WriteStream, "columns" | "rows" | "on" | "off">;

export interface ExecOptions {
  input?: Readable;
  output?: Writable;
  errors?: Writable;
  /** The command shall have a terminal of this one's size, also when that changes; its output is then one stream. */
  terminal?: Terminal;
  user?: string;
  /** `NAME=value` each, beside what the container has. */
  environment?: readonly string[];
  /** Gives the command up, which is left to itself; rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Runs a command in a running container and resolves to its exit status once its output has been delivered. */
export async function execute(
  engine: Engine,
  container: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<number> {
  const { signal } = options;
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal?.reason);
  signal?.addEventListener("abort", giveUp, { once: true });
  if (signal?.aborted) giveUp();
  try {
    return await Promise.race([attend(engine, container, command, options), givenUp]);
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** A paused container, for one, never ends a command. */
async function attend(
  { docker }: Engine,
  container: string,
  command: readonly string[],
  { input, output, errors, terminal, user, environment, signal }: ExecOptions,
): Promise<number> {
  const sized =
    terminal === undefined ? command : [...SIZE_FIRST, `${terminal.rows}`, `${terminal.columns}`, ...command];
  const what = `running ${command[0]} in ${container}`;
  const exec = await attempt(
    what,
    docker.getContainer(container).exec({
      Cmd: [...sized],
      AttachStdin: input !== undefined,
      AttachStdout: true,
      AttachStderr: true,
      Tty: terminal !== undefined,
      ...(user !== undefined && { User: user }),
      ...(environment !== undefined && { Env: [...environment] }),
      ...(signal !== undefined && { abortSignal: signal }),
    }),
  );
  const stream = await attempt(
    what,
    exec.start({
      hijack: true,
      stdin: input !== undefined,
      Tty: terminal !== undefined,
      ...(signal !== undefined && { abortSignal: signal }),
    }),
  );
  const leave = () => stream.destroy();
  signal?.addEventListener("abort", leave, { once: true });
  const release = terminal === undefined ? () => {} : followSize(terminal, exec);
  const [sink, errorSink] = [output ?? new PassThrough().resume(), errors ?? new PassThrough().resume()];
  const delivery = terminal === undefined ? deliverFrames(sink, errorSink) : deliverTo(sink);
  stream.pipe(delivery, { end: false });
  input?.pipe(stream);
  await finished(stream, { writable: false }).catch(() => {});
  signal?.removeEventListener("abort", leave);
  signal?.throwIfAborted();
  delivery.end();
  await finished(delivery);
  input?.unpipe(stream).pause();
  stream.destroy();
  release();
  return exitStatus(what, exec);
}

/** Docker gives a terminal its size only once the command runs, and that may have looked by then. */
const SIZE_FIRST = ["sh", "-c", 'stty rows "$1" cols "$2"; shift 2; exec "$@"', "sh"];

/** Gives the command's terminal the size of this one at each change, and for one that was missed now, until the returned function is called. */
function followSize(terminal: Terminal, exec: Exec): () => void {
  const resize = () => void exec.resize({ w: terminal.columns, h: terminal.rows }).catch(() => {}); // it may have ended
  resize();
  terminal.on("resize", resize);
  return () => terminal.off("resize", resize);
}

/** Docker learns of a command's end a moment after its output has closed, and has no event to await for one exec. */
async function exitStatus(what: string, exec: { inspect(): Promise<{ Running: boolean; ExitCode: number | null }> }) {
  for (let waitMillis = 2; waitMillis < 5000; waitMillis *= 2) {
    const { Running, ExitCode } = await attempt(what, exec.inspect());
    if (!Running && ExitCode !== null) return ExitCode;
    await delay(waitMillis);
  }
  throw new RttlabError("E_EXEC", `${what}: its output ended but it did not`);
}
