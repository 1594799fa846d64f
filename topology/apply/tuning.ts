// A host's tuning container: in the host's network namespace, with NET_ADMIN and the few files of the kernel that hold TCP's
// ways, so that a study changes them between runs without a new bring-up. It sleeps; each change is a command in it.
// A bound /proc/sys/net shows the network namespace of whoever reads it, so that a container needs no more rights than these.

import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { RttlabError } from "../../lib/errors.ts";
import type { Labels } from "../plan/step.ts";
import { HARDENED, removeContainer } from "./container.ts";
import { attempt, type Engine } from "./docker.ts";
import { execute } from "./exec.ts";

export interface Tuning {
  /** The tuning container's own name. */
  name: string;
  /** The host's container. */
  container: string;
  image: string;
  labels: Labels;
}

const FILES = {
  "/proc/sys/net/ipv4": "/tuning/ipv4",
  "/sys/module/tcp_cubic/parameters": "/tuning/cubic",
} as const;
const MEMORY_BYTES = 64 * 1024 ** 2;

/** Starts it, in place of an earlier one of its name. `down` removes it by label, as everything. */
export async function startTuning(engine: Engine, { name, container, image, labels }: Tuning): Promise<void> {
  await removeContainer(engine, name);
  const created = await attempt(
    `creating ${name}`,
    engine.docker.createContainer({
      name,
      Image: image,
      Labels: labels,
      Cmd: ["sleep", "infinity"],
      User: "0",
      HostConfig: {
        ...HARDENED,
        CapDrop: [...HARDENED.CapDrop],
        SecurityOpt: [...HARDENED.SecurityOpt],
        CapAdd: ["NET_ADMIN"],
        NetworkMode: `container:${container}`,
        Mounts: Object.entries(FILES).map(([Source, Target]) => ({ Type: "bind", Source, Target })),
        Memory: MEMORY_BYTES,
        MemorySwap: MEMORY_BYTES,
        PidsLimit: 32,
      },
    }),
  );
  await attempt(`starting ${name}`, created.start());
}

/** Runs images/host/tune.sh with these words. E_TUNING with what it said. */
export async function tune(engine: Engine, name: string, words: readonly string[]): Promise<void> {
  const errors = new PassThrough();
  const said = text(errors);
  const status = await execute(engine, name, ["/rttlab/tune.sh", ...words], { errors });
  errors.end();
  if (status !== 0) throw new RttlabError("E_TUNING", `tuning ${name}: ${(await said).trim() || `exit ${status}`}`);
}
