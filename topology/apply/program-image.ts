// The image of a user's own program, before a container is made from it: it is pulled if Docker has
// it not, and must not want to be root.

import { RttlabError } from "../../lib/errors.ts";
import type { ProgramImage } from "../plan/step.ts";
import { isRoot } from "../roles/image.ts";
import { attempt, type Engine } from "./docker.ts";
import { pullImage } from "./pull.ts";

/** Throws E_IMAGE_PULL, E_IMAGE_ROOT. */
export async function prepareProgram(engine: Engine, { image, user, mayBeRoot }: ProgramImage): Promise<void> {
  const look = () => engine.docker.getImage(image).inspect();
  let found = await look().catch(() => null);
  if (found === null) {
    const refusal = await pullImage(engine, image);
    if (refusal !== null) {
      throw new RttlabError("E_IMAGE_PULL", `getting ${image}: Docker does not have it, and ${refusal}`);
    }
    found = await attempt(`looking at ${image}`, look());
  }
  const runsAs = user || found.Config.User || "root";
  if (mayBeRoot || !isRoot(runsAs)) return;
  const cure = "say `user: 1000:1000` in the scenario, or `loosen: [root]`";
  throw new RttlabError("E_IMAGE_ROOT", `examining ${image}: its program would be root (${runsAs}); ${cure}`);
}
