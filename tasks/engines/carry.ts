// Images of the current files, carried from one engine to another through their APIs, so that no
// test builds them anew.

import type { Readable } from "node:stream";
import { attempt, type Engine } from "../../topology/apply/docker.ts";
import { imageTags, presentImages } from "../../topology/apply/images.ts";
import { followProgress } from "../../topology/apply/progress.ts";
import { ROOT } from "../part.ts";

/** The tags that came over; those that `from` lacks do not. Rejects when `signal` aborts. */
export async function carryImages(from: Engine, to: Engine, signal: AbortSignal): Promise<string[]> {
  const [wanted, present] = await Promise.all([imageTags(ROOT, from.architecture), presentImages(from)]);
  const names = Object.values(wanted).filter((tag) => present.includes(tag));
  if (names.length > 0) await copyImages(names, from, to, signal);
  return names;
}

/** Neither engine goes on with it once this has ended, however it ends. */
export async function copyImages(
  names: readonly string[],
  from: Pick<Engine, "docker">,
  to: Pick<Engine, "docker">,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const source = from.docker as unknown as SavesImages;
  const saved = await attempt("saving images", source.getImages({ names, abortSignal: signal }));
  try {
    const loading = to.docker.loadImage(saved, { abortSignal: signal });
    await attempt(
      "loading images",
      loading.then((output) => followProgress(output)),
    );
  } finally {
    saved.destroy(); // else it waits for a reader
  }
}

/** Of dockerode, but not of its types. */
interface SavesImages {
  getImages(options: { names: readonly string[]; abortSignal: AbortSignal }): Promise<Readable>;
}
