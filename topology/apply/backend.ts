// Finds out by trial what can make a link here: the kernel if it accepts a netem on an ifb,
// otherwise a User-Mode Linux guest (x86-64 only). The trial uses a network namespace of this
// machine if possible, so that a machine on which neither works is refused before anything is
// built, and a throwaway container otherwise.

import { execFile } from "node:child_process";
import { release } from "node:os";
import { promisify } from "node:util";
import type { BackendName } from "../../lib/contract/link.ts";
import { RttlabError } from "../../lib/errors.ts";
import { ROLE_LABEL, trialName } from "../plan/names.ts";
import { removeContainer } from "./container.ts";
import type { Engine, Remapping } from "./docker.ts";
import { runHelper } from "./helper.ts";
import { buildImage, imageTags, presentImages } from "./images.ts";

export interface FoundBackend {
  backend: BackendName;
  /** How that is known, in one line for a person. */
  because: string;
}

export interface FindOptions {
  /**
   * Whether the base image may be built for a trial that is impossible without it. `plan` must not;
   * it gets a presumption.
   */
  mayBuild: boolean;
  onLine?: (line: string) => void;
  signal?: AbortSignal | undefined;
}

type Verdict = "works" | "refused" | "untried";

/**
 * Exits 0 if netem on an ifb works, 4 if it is refused, with another status if it could not be
 * tried.
 */
const TRIAL = `command -v ip >/dev/null && command -v tc >/dev/null && ip link set lo up || exit 3
ip link add ifb-trial type ifb && tc qdisc add dev ifb-trial root netem delay 1ms || exit 4`;

const TRIAL_WITHIN_MILLIS = 10_000;

/**
 * The link backend that works with this engine. Throws E_BACKEND_UNAVAILABLE with this system's
 * cure if none does.
 */
export async function findBackend(
  engine: Engine,
  root: string,
  options: FindOptions = { mayBuild: false },
): Promise<FoundBackend> {
  refusePodman(engine);
  const here = await tryOnThisMachine(engine);
  if (here !== "untried") return backendAfter(engine, here, "tried in a network namespace of this machine");
  const image = (await usableImage(engine, root)) ?? (options.mayBuild ? await buildBase(engine, root, options) : null);
  if (image === null) return presume(engine);
  return backendAfter(engine, await tryInContainer(engine, image), `tried in a container of ${image}`);
}

/**
 * Podman ignores the option by which a network of Docker's leaves addresses as they are, and has
 * none of its own (github.com/containers/netavark/issues/831). It also gives itself another id each
 * time it is asked, by which processes take turns (turn.ts).
 */
function refusePodman({ isPodman, version }: Engine): void {
  if (!isPodman) return;
  const reason = "rewrites the addresses of packets that leave a network, which links may not; use Docker's own engine";
  throw new RttlabError("E_BACKEND_UNAVAILABLE", `choosing a link backend: Podman ${version} ${reason}`);
}

/** The backend that follows from a trial's outcome on an engine. */
export function backendAfter(engine: Engine, verdict: Verdict, how: string): FoundBackend {
  const { architecture, kernelRelease, remapping } = engine;
  if (verdict === "works") return { backend: "kernel", because: `kernel ${kernelRelease} has netem and ifb (${how})` };
  const refused = `kernel ${kernelRelease} refuses netem on an ifb (${how})`;
  if (architecture === "x64" && remapping === null) {
    return { backend: "uml", because: `${refused}; x86-64 can run User-Mode Linux` };
  }
  const cure = backendCure(process.platform);
  const need =
    remapping === null
      ? `x86-64, which ${architecture} is not; ${cure}`
      : `socket buffers that only the machine's root may have, which is nobody in this engine's containers (${remapping}); ` +
        `${REMAPPING_CURES[remapping]}, or ${cure}`;
  throw new RttlabError(
    "E_BACKEND_UNAVAILABLE",
    `choosing a link backend: ${refused}, and User-Mode Linux needs ${need}`,
  );
}

const REMAPPING_CURES: Readonly<Record<Remapping, string>> = {
  userns: "use an engine without userns-remap",
  rootless: "use an engine that runs as root",
};

/** How a person enables links by the kernel on this system. */
export function backendCure(platform: NodeJS.Platform): string {
  if (platform === "darwin")
    return "run the engine in a virtual machine whose kernel has netem, such as `colima start`";
  if (platform === "win32")
    return "run the engine on a Linux machine, or give WSL 2 a kernel with CONFIG_NET_SCH_NETEM and CONFIG_IFB";
  return (
    "load the modules with `sudo modprobe -a sch_netem ifb`; where they are missing install linux-modules-extra-$(uname -r) " +
    "(Ubuntu) or kernel-modules-extra (Fedora, RHEL)"
  );
}

function presume({ architecture, remapping }: Engine): FoundBackend {
  const backend = architecture === "x64" && remapping === null ? "uml" : "kernel";
  return { backend, because: "presumed: nothing here allows a trial before an image is built; `up` tries it" };
}

async function tryOnThisMachine({ kernelRelease }: Engine): Promise<Verdict> {
  if (process.platform !== "linux" || release() !== kernelRelease) return "untried";
  // A normal user may do it as root of a user namespace, where the machine allows these.
  const asRoot = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const words = [...asRoot, "--net", "sh", "-c", TRIAL];
  const trial = promisify(execFile)("unshare", words, { timeout: TRIAL_WITHIN_MILLIS });
  return trial.then(
    () => "works",
    ({ code }: { code?: unknown }) => (code === 4 ? "refused" : "untried"),
  );
}

/** Any existing image of ours that has `tc`. */
async function usableImage(engine: Engine, root: string): Promise<string | null> {
  const [tags, present] = await Promise.all([imageTags(root, engine.architecture), presentImages(engine)]);
  return Object.values(tags).find((tag) => present.includes(tag)) ?? present[0] ?? null;
}

async function buildBase(engine: Engine, root: string, { onLine = () => {}, signal }: FindOptions): Promise<string> {
  const { base } = await imageTags(root, engine.architecture);
  await buildImage(engine, root, "base", base, { onLine, signal });
  return base;
}

async function tryInContainer(engine: Engine, image: string): Promise<Verdict> {
  const name = trialName(process.pid);
  const labels = { [ROLE_LABEL]: "trial" };
  const powers = { capabilities: ["NET_ADMIN"], networkMode: "none" };
  try {
    const { status } = await runHelper(engine, { name, image, labels, command: ["sh", "-c", TRIAL], ...powers });
    return status === 0 ? "works" : "refused";
  } finally {
    await removeContainer(engine, name);
  }
}
