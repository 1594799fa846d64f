// Commands inside a running container.

import { PassThrough, type Readable, type Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { RttlabError } from "../../lib/errors.ts";
import { deliverFrames, deliverTo } from "./delivery.ts";
import { attempt, type Engine } from "./docker.ts";
import { followSize, type Terminal } from "./terminal-size.ts";

export interface ExecOptions {
  input?: Readable;
  output?: Writable;
  errors?: Writable;
  /**
   * Gives the command a terminal of this one's size, which follows its changes; the output is then
   * one stream.
   */
  terminal?: Terminal;
  user?: string;
  /** `NAME=value` each, in addition to the container's. */
  environment?: readonly string[];
  /** Gives the command up and leaves it running; rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Runs a command in a running container and resolves to its exit status once its output has been
 * delivered.
 */
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

/** The same, with what it wrote to its errors. */
export async function executeHeard(
  engine: Engine,
  container: string,
  command: readonly string[],
  options: Omit<ExecOptions, "errors"> = {},
): Promise<{ status: number; said: string }> {
  const errors = new PassThrough();
  const said = text(errors);
  const status = await execute(engine, container, command, { ...options, errors });
  errors.end();
  return { status, said: (await said).trim() };
}

/** For example, a command in a paused container never ends. */
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
  const release = terminal === undefined ? () => {} : followSize(terminal, (size) => exec.resize(size));
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

/** Docker sets a terminal's size only once the command runs, which may have read it by then. */
const SIZE_FIRST = ["sh", "-c", 'stty rows "$1" cols "$2"; shift 2; exec "$@"', "sh"];

/**
 * Docker learns of a command's end a moment after its output has closed, and has no event for the
 * end of one exec.
 */
async function exitStatus(what: string, exec: { inspect(): Promise<{ Running: boolean; ExitCode: number | null }> }) {
  for (let waitMillis = 2; waitMillis < 5000; waitMillis *= 2) {
    const { Running, ExitCode } = await attempt(what, exec.inspect());
    if (!Running && ExitCode !== null) return ExitCode;
    await delay(waitMillis);
  }
  throw new RttlabError("E_EXEC", `${what}: its output has ended, but the command goes on`);
}
