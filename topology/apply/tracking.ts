// Keeps data networks out of the machine's connection tracking (images/host/untrack.sh says why), and lets them in again when
// the record of it is removed, so that `down` leaves no rule behind, also without the scenario.

import type { UntrackingSpec } from "../plan/step.ts";
import { removeContainer } from "./container.ts";
import { attempt, type Engine, isGone } from "./docker.ts";
import { runHelper } from "./helper.ts";

const ROLE = "untracked";
const POWERS = { capabilities: ["NET_ADMIN", "NET_RAW"], networkMode: "host" };

/** Sets the rules; may be repeated. Where the kernel has no such rules the networks stay tracked, and `onLine` is told. */
export async function untrackNetworks(
  engine: Engine,
  { name, image, labels, subnets }: UntrackingSpec,
  onLine: (line: string) => void,
): Promise<void> {
  const command = ["/rttlab/untrack.sh", "try", commentOf(labels), ...subnets];
  const { output } = await runHelper(engine, { name, image, labels, command, ...POWERS });
  for (const line of output) onLine(line);
}

/** Takes the rules away if the container is the record of them; call it before that is removed. */
export async function trackAgain(engine: Engine, record: string): Promise<void> {
  const found = await attempt(`looking at ${record}`, engine.docker.getContainer(record).inspect()).catch((error) => {
    if (isGone(error)) return null;
    throw error;
  });
  if (found === null || found.Config.Labels["rttlab.role"] !== ROLE) return;
  const { Image: image } = found;
  const { Labels: labels } = found.Config;
  const command = ["/rttlab/untrack.sh", "remove", commentOf(labels)];
  const name = `${record}.undo`;
  await runHelper(engine, { name, image, labels, command, ...POWERS });
  await removeContainer(engine, name);
}

function commentOf(labels: Record<string, string>): string {
  return `rttlab-${labels["rttlab.scenario"]}`;
}
