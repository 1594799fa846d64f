// The images that must be built before the containers that need them, each after its base.

import { baseOf, IMAGE_NAMES, type ImageName } from "../roles/images.ts";
import type { Observed } from "./observed.ts";
import type { Step } from "./step.ts";

/** Steps for those of the tags that Docker lacks, and for the bases that these lack. */
export function imageSteps(tags: ReadonlySet<string>, { imageTags, imagesPresent }: Observed): Step[] {
  const isMissing = (image: ImageName) => !imagesPresent.includes(imageTags[image]);
  const built = new Set(IMAGE_NAMES.filter((image) => tags.has(imageTags[image]) && isMissing(image)));
  for (const image of built) {
    const base = baseOf(image);
    if (base !== null && isMissing(base)) built.add(base);
  }
  return IMAGE_NAMES.filter((image) => built.has(image)).map((image) => {
    const base = baseOf(image);
    return {
      id: `build-image ${imageTags[image]}`,
      target: imageTags[image],
      because: "there is no image of the files as they are",
      needs: base !== null && built.has(base) ? [`build-image ${imageTags[base]}`] : [],
      action: { op: "build-image", image, tag: imageTags[image] },
    };
  });
}
