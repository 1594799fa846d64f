// Looks at Docker from outside, to check rttlab's effects without asking rttlab. Only a command in
// a container runs as rttlab runs it: Docker knows its exit code some time after its output ends.

import { PassThrough, type Readable } from "node:stream";
import { text } from "node:stream/consumers";
import Docker from "dockerode";
import { connectDocker } from "../../topology/apply/docker.ts";
import { execute } from "../../topology/apply/exec.ts";

export const engine = new Docker();
let connected: ReturnType<typeof connectDocker> | undefined;

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
  connected ??= connectDocker();
  const output = new PassThrough();
  const printed = text(output);
  const signal = AbortSignal.timeout(ENDS_WITHIN_MILLIS);
  const exitCode = await execute(await connected, container, command, { output, errors: output, signal });
  output.end();
  return { output: await printed, exitCode };
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
 * matches the filters. One that may not come is disposed of.
 */
export async function nextEvent(filters: Record<string, string[]>): Promise<{ happened: Promise<void> } & Disposable> {
  const events = (await engine.getEvents({ filters })) as Readable;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  events.once("data", () => resolve());
  events.once("error", reject);
  const stop = () => void events.destroy();
  return { happened: promise.finally(stop), [Symbol.dispose]: stop };
}
