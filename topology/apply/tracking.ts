// Isolates the members of a management network (images/host/isolate.sh), exempts data networks from
// the machine's connection tracking (images/host/untrack.sh has the reason), and undoes both when
// their record is removed, so that `down` leaves no rule behind, even without the scenario.

import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { RttlabError } from "../../lib/errors.ts";
import { belongingName, roleOf, scenarioOf, scenarioTag } from "../plan/names.ts";
import type { UntrackingSpec } from "../plan/step.ts";
import { removeContainer } from "./container.ts";
import { attempt, type Engine, isGone } from "./docker.ts";
import { execute } from "./exec.ts";
import { runHelper } from "./helper.ts";

const ROLE = "untracked";
const POWERS = { capabilities: ["NET_ADMIN", "NET_RAW"], networkMode: "host" };

/**
 * Both scripts, the first up to `--`. Missing isolation is a failure, remaining tracking is not.
 */
const BOTH = `isolate=; while [ "$1" != -- ]; do isolate="$isolate $1"; shift; done; shift
/rttlab/isolate.sh $isolate && exec /rttlab/untrack.sh "$@"`;

/**
 * Sets the rules; may be repeated. If the kernel cannot exempt networks, `onLine` receives a line.
 * Throws E_WIRING if the members of the management network cannot be isolated.
 */
export async function untrackNetworks(
  engine: Engine,
  { name, image, labels, subnets, management }: UntrackingSpec,
  onLine: (line: string) => void,
): Promise<void> {
  const ports = await Promise.all(management.watchers.map((watcher) => portOf(engine, watcher)));
  const words = [management.gateway, ...ports, "--", "try", commentOf(labels), ...subnets];
  const command = ["sh", "-c", BOTH, "sh", ...words];
  const { status, output } = await runHelper(engine, { name, image, labels, command, ...POWERS });
  if (status !== 0) throw new RttlabError("E_WIRING", `isolating hosts: ${output.join("\n  ") || `exit ${status}`}`);
  for (const line of output) onLine(line);
}

/** Index of the machine's end of a watcher's interface. */
async function portOf(engine: Engine, watcher: string): Promise<string> {
  const output = new PassThrough();
  const printed = text(output);
  await execute(engine, watcher, ["cat", "/sys/class/net/eth0/iflink"], { output });
  output.end();
  return (await printed).trim();
}

/** Removes the rules if the container is their record; call it before removing that. */
export async function trackAgain(engine: Engine, record: string): Promise<void> {
  const found = await attempt(`looking at ${record}`, engine.docker.getContainer(record).inspect()).catch((error) => {
    if (isGone(error)) return null;
    throw error;
  });
  if (found === null || roleOf(found.Config.Labels) !== ROLE) return;
  const { Image: image } = found;
  const { Labels: labels } = found.Config;
  const command = ["/rttlab/untrack.sh", "remove", commentOf(labels)];
  const name = belongingName(record, "undo");
  await runHelper(engine, { name, image, labels, command, ...POWERS });
  await removeContainer(engine, name);
}

function commentOf(labels: Record<string, string>): string {
  return scenarioTag(scenarioOf(labels) ?? "");
}
