// Pulls an image if Docker reaches a registry, and gives up soon if not.

import type { Engine } from "./docker.ts";
import { followProgress } from "./progress.ts";

const SILENCE_MILLIS = 8000;

/** Whether Docker has the image. */
export async function isPresent({ docker }: Engine, tag: string): Promise<boolean> {
  return docker
    .getImage(tag)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/**
 * Null if it was pulled, else the reason. Gives up when nothing arrives for a while; a slow pull
 * that moves may go on.
 */
export async function pullImage({ docker }: Engine, tag: string): Promise<string | null> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE_MILLIS);
  try {
    const progress = await docker.pull(tag, { abortSignal: silence.signal });
    await followProgress(progress, () => timer.refresh());
    return null;
  } catch (error) {
    if (/not found|manifest unknown|denied|no such image/i.test((error as Error).message))
      return "the registry has no such image";
    return silence.signal.aborted ? "the registry does not answer" : "the registry cannot be reached";
  } finally {
    clearTimeout(timer);
  }
}
