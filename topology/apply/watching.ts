// Gives the watchers their lists of what to watch, and reads back what they hold. Prometheus reads
// a file; `usage` gets a request, because it needs the processes, which only Docker knows.

import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { RttlabError } from "../../lib/errors.ts";
import { pictureSvg } from "../../lib/picture/svg.ts";
import type { WatchSpec } from "../plan/step.ts";
import { processesText, targetsText } from "../plan/watch.ts";
import { PICTURE_FILE, TARGETS_FILE } from "../roles/prometheus.ts";
import { attempt, type Engine } from "./docker.ts";
import { execute, executeHeard } from "./exec.ts";
import { requestService } from "./request.ts";

/**
 * Updates both, and the picture first, which no later look compares. Throws E_WATCH if a file
 * cannot be written.
 */
export async function updateWatchers(engine: Engine, watch: WatchSpec): Promise<void> {
  const drawing = pictureSvg(watch.picture, { live: true });
  await writeFile(engine, watch, PICTURE_FILE, drawing);
  await Promise.all([writeFile(engine, watch, TARGETS_FILE, targetsText(watch)), listProcesses(engine, watch)]);
}

/** The targets of a running Prometheus, in the form of targetsText; null without any. */
export async function readTargets(engine: Engine, prometheus: string): Promise<string | null> {
  const output = new PassThrough();
  const content = text(output);
  const status = await execute(engine, prometheus, ["cat", TARGETS_FILE], { output });
  output.end();
  return status === 0 ? content : null;
}

/** The containers that a running `usage` watches, in the form of processesText. */
export async function readWatched(engine: Engine, usage: string): Promise<string> {
  const { containers } = await requestService(engine, usage, "usage.status", {});
  return processesText(containers);
}

async function writeFile(engine: Engine, { prometheus }: WatchSpec, path: string, content: string): Promise<void> {
  const command = ["node", "/rttlab/write-file.mjs", path];
  const { status, said } = await executeHeard(engine, prometheus, command, { input: Readable.from([content]) });
  if (status !== 0) throw new RttlabError("E_WATCH", `writing ${path} for Prometheus: exit ${status}: ${said}`);
}

async function listProcesses(engine: Engine, { usage, members }: WatchSpec): Promise<void> {
  const containers = await Promise.all(
    members.map(async ({ host, role, container }) => {
      const found = await attempt(`looking at ${container}`, engine.docker.getContainer(container).inspect());
      return { host, role, id: found.Id, pid: found.State.Pid };
    }),
  );
  const running = containers.filter(({ pid }) => pid > 0);
  await requestService(engine, usage, "usage.watch", { containers: running });
}
