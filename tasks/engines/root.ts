// The root of an engine: a small Debian with the engine's packages, made by mmdebstrap from the
// archive that this machine's apt uses, and kept.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { glob, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { RttlabError } from "../../lib/errors.ts";
import { ARCHIVE_QUERY, archiveOf, lastingOptions } from "./apt.ts";
import type { EngineKind } from "./engines.ts";
import { inNamespaces, REMOVAL } from "./namespaces.ts";

const run = promisify(execFile);

/** Needed by any engine: routes, modules, `ps` for Docker's `top`, certificates. */
const PACKAGES = ["iproute2", "kmod", "procps", "ca-certificates"];

/** Begins the names of folders in which roots are made; a run that was killed leaves its own. */
const UNFINISHED = ".unfinished-";

/** Longer than a slow archive takes; here it takes half a minute. */
const MADE_WITHIN_MILLIS = 20 * 60_000;

/**
 * The folder of an engine's root, made if it is not under `folder`. Engines of the same packages
 * share it. Throws E_ENGINE_ROOT.
 */
export async function engineRoot(
  { suite, packages }: EngineKind,
  folder: string,
  { onLine, signal }: { onLine: (line: string) => void; signal: AbortSignal },
): Promise<string> {
  const root = join(folder, [suite, ...packages].join("+"));
  await mkdir(folder, { recursive: true });
  if (existsSync(root)) return root;
  const dead = await Array.fromAsync(glob(join(folder, `${UNFINISHED}*`)));
  await Promise.all(dead.map((path) => rm(path, REMOVAL)));
  onLine(`making ${basename(root)} with mmdebstrap from Debian's archive`);
  const unfinished = await mkdtemp(join(folder, UNFINISHED));
  const options = join(unfinished, "apt.conf");
  try {
    const [targets, dump] = await Promise.all([run("apt-get", ARCHIVE_QUERY), run("apt-config", ["dump", "Acquire"])]);
    await writeFile(options, lastingOptions(dump.stdout));
    const include = [...PACKAGES, ...packages].join(",");
    const words = ["--variant=minbase", "--quiet", `--aptopt=${options}`, `--include=${include}`, suite];
    const made = join(unfinished, "root");
    const archive = archiveOf(targets.stdout);
    // In namespaces, because it mounts /sys and devices of the machine in the root that it makes.
    const [program = "", ...before] = inNamespaces("--mount-proc");
    const bounds = { timeout: MADE_WITHIN_MILLIS, maxBuffer: 64e6, signal, killSignal: "SIGKILL" } as const;
    await run(program, [...before, "mmdebstrap", ...words, made, ...archive], bounds);
    await rename(made, root);
  } catch (cause) {
    const { stderr = "", message } = cause as Error & { stderr?: string };
    const reason =
      stderr
        .trim()
        .split("\n")
        .findLast((line) => line.startsWith("E:")) ?? message;
    throw new RttlabError("E_ENGINE_ROOT", `making a root of ${suite} with ${packages.join(", ")}: ${reason}`, {
      cause,
    });
  } finally {
    await rm(unfinished, REMOVAL);
  }
  return root;
}
