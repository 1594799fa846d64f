// The image that a container was made from.

import { attempt, type Engine } from "./docker.ts";

/** Tag of the image that a container was made from. */
export async function imageOf(engine: Engine, name: string): Promise<string> {
  return (await imageWithDigest(engine, name)).tag;
}

/** The same with the image's digest, which no other image has. */
export async function imageWithDigest({ docker }: Engine, name: string): Promise<{ tag: string; digest: string }> {
  const { Config, Image } = await attempt(`looking at ${name}`, docker.getContainer(name).inspect());
  return { tag: Config.Image, digest: Image };
}
