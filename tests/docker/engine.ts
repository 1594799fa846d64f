// Looks at Docker from outside, to check rttlab's effects without asking rttlab.

import { type Readable, Writable } from "node:stream";
import Docker from "dockerode";

export const engine = new Docker();

/** Longer than any command that tests run in a container. */
const ENDS_WITHIN_MILLIS = 5 * 60_000;

/** Names of all containers, networks and volumes with a label of the scenario. */
export async function leftovers(scenario: string): Promise<string[]> {
  const filters = { label: [`rttlab.scenario=${scenario}`] };
  const containers = await engine.listContainers({ all: true, filters });
  const networks = await engine.listNetworks({ filters });
  const { Volumes } = await engine.listVolumes({ filters });
  return [
    ...containers.flatMap(({ Names }) => Names.map((name) => name.slice(1))),
    ...networks.map(({ Name }) => Name),
    ...(Volumes ?? []).map(({ Name }) => Name),
  ].sort();
}

/**
 * Runs a command in a container as its own user; returns stdout and stderr together, and the exit
 * code. Rejects if it overruns.
 */
export async function execIn(container: string, ...command: string[]): Promise<{ output: string; exitCode: number }> {
  const exec = await engine.getContainer(container).exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true, stdin: false });
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.once("end", resolve).once("error", reject);
  engine.modem.demuxStream(stream, sink, sink);
  const overrun = new Error(
    `${command.join(" ")} in ${container}: not at its end within ${ENDS_WITHIN_MILLIS / 1000} s`,
  );
  const bound = setTimeout(() => stream.destroy(overrun), ENDS_WITHIN_MILLIS);
  await promise.finally(() => clearTimeout(bound));
  const { ExitCode } = await exec.inspect();
  return { output: Buffer.concat(chunks).toString("utf8"), exitCode: ExitCode ?? -1 };
}

/**
 * runc gives up a freeze that a busy machine does not complete (cgroup v1), and thaws the
 * container; then it is asked again, at most `most` times.
 */
export async function pause(container: string, most = 10): Promise<void> {
  try {
    await engine.getContainer(container).pause();
  } catch (error) {
    if (most === 0 || !/unable to freeze/.test((error as Error).message)) throw error;
    await pause(container, most - 1);
  }
}

/**
 * Listens to Docker from the moment this resolves; `happened` resolves at the next event that
 * matches the filters.
 */
export async function nextEvent(filters: Record<string, string[]>): Promise<{ happened: Promise<void> }> {
  const events = (await engine.getEvents({ filters })) as Readable;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  events.once("data", () => resolve());
  events.once("error", reject);
  return { happened: promise.finally(() => events.destroy()) };
}
