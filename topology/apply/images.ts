// Our images: their tags, building them, and removing old ones. A tag is a hash of everything that
// goes in, so unchanged files are never built again.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { ImageBuildOptions } from "dockerode";
import { RttlabError } from "../../lib/errors.ts";
import { ROLE_LABEL } from "../plan/names.ts";
import { baseOf, IMAGE_NAMES, IMAGES, type ImageName, programsOf } from "../roles/images.ts";
import { type ContextFile, contentHash, contextFiles, contextTar, copiedPaths, type Places } from "./context.ts";
import { debianImage } from "./debian.ts";
import { attempt, type Engine } from "./docker.ts";
import { programFiles } from "./program-files.ts";
import { followProgress } from "./progress.ts";
import { dependencyLock, nodeVersion, stageDependencies, stageNode } from "./stage.ts";

export type ImageTags = Record<ImageName, string>;

const IMAGE_LABELS = { [ROLE_LABEL]: "image" };

/** Copied into images but not hashed file by file, because a version or a lock stands for them. */
const STAGED = ["node", "node_modules"];

/** The name by which a Dockerfile copies its image's programs and all that they import. */
const SOURCES = "sources";

/**
 * The tag of each image if built now from the repository at `root`, for the engine's architecture.
 */
export async function imageTags(root: string, architecture: string): Promise<ImageTags> {
  const tags = IMAGE_NAMES.map(async (image) => [image, await imageTag(root, architecture, image)]);
  return Object.fromEntries(await Promise.all(tags));
}

/** A hash of the image's content and of its base. */
async function imageTag(root: string, architecture: string, image: ImageName): Promise<string> {
  const { dockerfile, paths } = await readImage(root, image);
  const own = paths.filter((path) => !STAGED.includes(path));
  const [below, files, node, lock] = await Promise.all([
    imageBelow(root, architecture, image),
    filesOf(image, own, root, {}),
    nodeVersion(root),
    dependencyLock(root),
  ]);
  const staged = [paths.includes("node") ? node : "", paths.includes("node_modules") ? lock : ""];
  return `rttlab/${image}:${await contentHash(files, [dockerfile, below ?? "", architecture, ...staged])}`;
}

/** An image's base: one of ours by its tag, or a foreign one; null: Debian's. */
async function imageBelow(root: string, architecture: string, image: ImageName): Promise<string | null> {
  const base = baseOf(image);
  return base === null ? IMAGES[image].on : imageTag(root, architecture, base);
}

export interface BuildOptions {
  /** Receives the builder's progress. */
  onLine?: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Builds an image under `tag`, on the base that the current files require. Throws E_IMAGE_BUILD,
 * E_BASE_IMAGE, E_STAGE.
 */
export async function buildImage(
  engine: Engine,
  root: string,
  image: ImageName,
  tag: string,
  { onLine = () => {}, signal }: BuildOptions = {},
): Promise<void> {
  const { dockerfile, paths } = await readImage(root, image);
  const [below, node, modules] = await Promise.all([
    imageBelow(root, engine.architecture, image).then((tag) => tag ?? debianImage(engine, { onLine, signal })),
    paths.includes("node") ? stageNode(root, engine.architecture) : "",
    paths.includes("node_modules") ? stageDependencies(root, engine.architecture) : "",
  ]);
  const files = await filesOf(image, paths, root, { node, node_modules: modules });
  const options: ImageBuildOptions = {
    t: tag,
    networkmode: "host",
    buildargs: { [image === "base" ? "DEBIAN" : "BASE"]: below },
    labels: IMAGE_LABELS,
    forcerm: true,
    ...(signal && { abortSignal: signal }),
  };
  await runBuild(engine, image, contextTar(dockerfile, files), options, onLine);
}

/** Our tags that Docker has. */
export async function presentImages({ docker }: Engine): Promise<string[]> {
  const images = await attempt("listing images", docker.listImages({ filters: { label: [`${ROLE_LABEL}=image`] } }));
  return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith("rttlab/"));
}

/** Docker's id of each of these images, of anybody, that it has. */
export async function imageIds({ docker }: Engine, names: readonly string[]): Promise<Record<string, string>> {
  const found = names.map((name) =>
    docker
      .getImage(name)
      .inspect()
      .then(
        ({ Id }) => [[name, Id] as const],
        () => [],
      ),
  );
  return Object.fromEntries((await Promise.all(found)).flat());
}

/** Removes our tags other than `wanted` that no container uses; returns those removed. */
export async function removeOldImages(engine: Engine, wanted: readonly string[]): Promise<string[]> {
  const old = (await presentImages(engine)).filter((tag) => !wanted.includes(tag));
  const removed = old
    .sort((a, b) => Number(a.includes("/base:")) - Number(b.includes("/base:")))
    .map(async (tag) => {
      const gone = await engine.docker
        .getImage(tag)
        .remove()
        .then(Boolean, () => false);
      return gone ? [tag] : [];
    });
  return (await Promise.all(removed)).flat();
}

/** The files behind the paths that an image's Dockerfile copies. */
async function filesOf(
  image: ImageName,
  paths: readonly string[],
  root: string,
  places: Places,
): Promise<ContextFile[]> {
  const programs = paths.includes(SOURCES) ? programsOf(image) : [];
  const [copied, sources] = await Promise.all([
    contextFiles(
      paths.filter((path) => path !== SOURCES),
      root,
      places,
    ),
    programFiles(programs, root).then((needed) => contextFiles(needed, root, {})),
  ]);
  return [...copied, ...sources.map(({ path, source }) => ({ path: `${SOURCES}/${path}`, source }))];
}

async function readImage(root: string, image: ImageName): Promise<{ dockerfile: string; paths: string[] }> {
  const dockerfile = await readFile(join(root, "images", image, "Dockerfile"), "utf8");
  return { dockerfile, paths: copiedPaths(dockerfile) };
}

async function runBuild(
  { docker }: Engine,
  image: ImageName,
  context: Readable,
  options: ImageBuildOptions,
  onLine: (line: string) => void,
): Promise<void> {
  const output = await attempt(`building ${image}`, docker.buildImage(context, options));
  const lastLines: string[] = [];
  try {
    await followProgress(output, (line) => {
      lastLines.push(line);
      if (lastLines.length > 12) lastLines.shift();
      onLine(line);
    });
  } catch (cause) {
    const message = [`building ${image}: ${(cause as Error).message}`, ...lastLines].join("\n");
    throw new RttlabError("E_IMAGE_BUILD", message, { cause });
  }
}
