// A testbed for a scope: `await using testbed = await useTestbed(…)` takes it down at the end of
// the scope.

import type { Engine } from "../apply/docker.ts";
import type { Topology } from "../model/topology.ts";
import { bringUp, type Wishes } from "./bring-up.ts";
import type { Progress } from "./progress.ts";
import { takeDown } from "./take-down.ts";
import type { Testbed } from "./testbed.ts";

/**
 * Resolves when everything is up and ready; nothing is measured yet. A testbed that fails to come
 * up is taken down again.
 */
export async function useTestbed(
  engine: Engine,
  topology: Topology,
  wishes: Wishes,
  progress: Progress = () => {},
): Promise<Testbed & AsyncDisposable> {
  const scenario = topology.name;
  const down = async () => void (await takeDown(engine, scenario, progress));
  try {
    await bringUp(engine, topology, wishes, progress);
  } catch (error) {
    await down();
    throw error;
  }
  return { engine, scenario, [Symbol.asyncDispose]: down };
}
