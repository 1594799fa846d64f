// The Debian under every image: debian:trixie-slim if Docker has it or can pull it quickly,
// otherwise the same made from Debian's archive by mmdebstrap on this machine and imported.

import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { RttlabError } from "../../lib/errors.ts";
import { attempt, type Engine } from "./docker.ts";
import { followProgress } from "./progress.ts";
import { isPresent, pullImage } from "./pull.ts";

const PULLED = "debian:trixie-slim";
const MADE = "rttlab/debian:trixie";

/**
 * Tag of a Debian image that Docker has afterwards; `onLine` receives progress. Throws E_BASE_IMAGE
 * if none can be had.
 */
export async function debianImage(
  engine: Engine,
  { onLine, signal }: { onLine: (line: string) => void; signal?: AbortSignal | undefined },
): Promise<string> {
  for (const tag of [PULLED, MADE]) if (await isPresent(engine, tag)) return tag;
  onLine(`pulling ${PULLED}`);
  const refusal = await pullImage(engine, PULLED);
  if (refusal === null) return PULLED;
  onLine(`${PULLED} cannot be pulled (${refusal}): making it from Debian's archive with mmdebstrap`);
  await makeDebian(engine, signal);
  return MADE;
}

async function makeDebian(engine: Engine, signal?: AbortSignal): Promise<void> {
  await requireMmdebstrap();
  const words = ["--variant=minbase", "--quiet", ...architectureWords(engine), "trixie", "-"];
  const made: ChildProcessByStdio<null, Readable, Readable> = spawn("mmdebstrap", words, {
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal && { signal }),
  });
  const [complaints, [status]] = await Promise.all([
    text(made.stderr),
    once(made, "close") as Promise<[number | null]>,
    attempt(
      "importing the Debian base",
      engine.docker
        .importImage(made.stdout as never, { repo: "rttlab/debian", tag: "trixie" })
        .then((output) => followProgress(output)),
    ),
  ]);
  if (status === 0) return;
  await engine.docker
    .getImage(MADE)
    .remove({ force: true })
    .catch(() => {});
  throw new RttlabError(
    "E_BASE_IMAGE",
    `mmdebstrap of trixie: exit ${status}: ${complaints.trim().split("\n").at(-1)}`,
  );
}

function architectureWords({ architecture }: Engine): string[] {
  const debian = architecture === "x64" ? "amd64" : architecture;
  return architecture === process.arch ? [] : [`--architectures=${debian}`];
}

async function requireMmdebstrap(): Promise<void> {
  const run = promisify(execFile);
  const there = () => run("mmdebstrap", ["--version"]).then(Boolean, () => false);
  if (await there()) return;
  if (process.getuid?.() === 0 && (await isDebianLike())) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const install = ["install", "-y", "--no-install-recommends", "mmdebstrap", "debian-archive-keyring"];
    await run("apt-get", ["update"], { env }).catch(() => {});
    await run("apt-get", install, { env }).catch(() => {});
    if (await there()) return;
  }
  throw new RttlabError(
    "E_BASE_IMAGE",
    `making the base image: ${PULLED} cannot be pulled and mmdebstrap is not here; ` +
      `let Docker reach its registry, or on Debian or Ubuntu run \`sudo apt-get install mmdebstrap\``,
  );
}

async function isDebianLike(): Promise<boolean> {
  if (!(await access("/etc/os-release").then(Boolean.bind(null, true), () => false))) return false;
  return /^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(await readFile("/etc/os-release", "utf8"));
}
