// Images of the current files, carried from one engine to another through their APIs, so that no
// test builds them anew.

import { attempt, type Engine } from "../../topology/apply/docker.ts";
import { imageTags, presentImages } from "../../topology/apply/images.ts";
import { followProgress } from "../../topology/apply/progress.ts";
import { ROOT } from "../part.ts";

/** The tags that came over; those that `from` lacks do not. */
export async function carryImages(from: Engine, to: Engine): Promise<string[]> {
  const [wanted, present] = await Promise.all([imageTags(ROOT, from.architecture), presentImages(from)]);
  const names = Object.values(wanted).filter((tag) => present.includes(tag));
  if (names.length === 0) return [];
  const saved = await attempt("saving images", (from.docker as unknown as SavesImages).getImages({ names }));
  const loading = to.docker.loadImage(saved).then((output) => followProgress(output));
  await attempt("loading images", loading);
  return names;
}

/** Of dockerode, but not of its types. */
interface SavesImages {
  getImages(options: { names: readonly string[] }): Promise<NodeJS.ReadableStream>;
}
