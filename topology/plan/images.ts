// The images that must be built before the containers that need them, each after its base.

import { IMAGE_NAMES, IMAGES, type ImageName } from "../roles/images.ts";
import type { Observed } from "./observed.ts";
import type { Step } from "./step.ts";

/** Steps for those of the tags that Docker lacks, and for their bases. */
export function imageSteps(tags: ReadonlySet<string>, { imageTags, imagesPresent }: Observed): Step[] {
  const missing = (image: ImageName) => !imagesPresent.includes(imageTags[image]);
  const needed = IMAGE_NAMES.filter((image) => image !== BASE && tags.has(imageTags[image]) && missing(image));
  const built = needed.some(onBase) && missing(BASE) ? [BASE, ...needed] : needed;
  return built.map((image) => ({
    id: `build-image ${imageTags[image]}`,
    target: imageTags[image],
    because: "there is no image of the files as they are",
    needs: onBase(image) && built.includes(BASE) ? [`build-image ${imageTags[BASE]}`] : [],
    action: { op: "build-image", image, tag: imageTags[image] },
  }));
}

/** The only one of ours that others build on. */
const BASE: ImageName = "base";

function onBase(image: ImageName): boolean {
  return IMAGES[image] === BASE;
}
