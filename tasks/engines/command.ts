// An engine's own docker command, where tests find it: this machine's may be too old for the
// engine. It is started by the loader of the engine's root, with the libraries there.

import { existsSync } from "node:fs";
import { glob, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RttlabError } from "../../lib/errors.ts";
import { shellWord } from "../../lib/shell-word.ts";

/** Writes it as `docker` in `folder`. Throws E_ENGINE_ROOT with everything that the root lacks. */
export async function writeCommand(root: string, folder: string): Promise<void> {
  const [loader] = await Array.fromAsync(glob(join(root, "{lib64,lib}", "ld-linux*.so*")));
  const [libraries] = await Array.fromAsync(glob(join(root, "usr/lib/*-linux-gnu")));
  const program = join(root, "usr/bin/docker");
  if (loader === undefined || libraries === undefined || !existsSync(program)) {
    const missing = [
      ...(loader === undefined ? ["a loader (lib64/ld-linux*.so* or lib/ld-linux*.so*)"] : []),
      ...(libraries === undefined ? ["libraries (usr/lib/*-linux-gnu)"] : []),
      ...(existsSync(program) ? [] : ["the docker command (usr/bin/docker)"]),
    ];
    const reason = `${root} lacks ${missing.join(", ")}; remove it, and the next run makes it anew`;
    throw new RttlabError("E_ENGINE_ROOT", `finding the engine's docker command: ${reason}`);
  }
  const words = [loader, "--library-path", libraries, program].map(shellWord);
  await mkdir(folder);
  await writeFile(join(folder, "docker"), `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, { mode: 0o755 });
}
