// Pulls an image where Docker has a registry that it reaches, and gives up soon where it has not.

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

/** Null when it was pulled, else why not. Given up when nothing arrives for a while; a slow pull that moves may go on. */
export async function pullImage({ docker }: Engine, tag: string): Promise<string | null> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE_MILLIS);
  try {
    const progress = await docker.pull(tag, { abortSignal: silence.signal });
    await followProgress(progress, () => timer.refresh());
    return null;
  } catch {
    return silence.signal.aborted ? "the registry does not answer" : "the registry cannot be reached";
  } finally {
    clearTimeout(timer);
  }
}
