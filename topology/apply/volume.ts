// Docker's volumes, in which watchers keep data beyond a restart.

import type { VolumeSpec } from "../plan/step.ts";
import { attempt, type Engine, isGone } from "./docker.ts";

/** Creates a volume. */
export async function createVolume({ docker }: Engine, { name, labels }: VolumeSpec): Promise<void> {
  await attempt(`creating volume ${name}`, docker.createVolume({ Name: name, Labels: labels }));
}

/** Removes a volume; no error if it is gone. */
export async function removeVolume({ docker }: Engine, name: string): Promise<void> {
  try {
    await attempt(`removing volume ${name}`, docker.getVolume(name).remove());
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
