// A host's tuning container: an attendant with NET_ADMIN and the few kernel files that control TCP,
// so that a study changes them between runs without a new bring-up. A bound /proc/sys/net shows the
// network namespace of its reader, so the container needs no further rights.

import { RttlabError } from "../../lib/errors.ts";
import { type Attendant, startAttendant } from "./attendant.ts";
import type { Engine } from "./docker.ts";
import type { HostShells } from "./host-shells.ts";

const FILES = {
  "/tuning/ipv4": "/proc/sys/net/ipv4",
  "/tuning/cubic": "/sys/module/tcp_cubic/parameters",
} as const;

export async function startTuning(engine: Engine, tuning: Omit<Attendant, "capabilities" | "files">): Promise<void> {
  await startAttendant(engine, { ...tuning, capabilities: ["NET_ADMIN"], files: FILES });
}

/** Runs images/host/tune.sh with these words. Throws E_TUNING with its output. */
export async function tune(shells: HostShells, name: string, words: readonly string[]): Promise<void> {
  try {
    await shells.run(name, ["/rttlab/tune.sh", ...words]);
  } catch (cause) {
    throw new RttlabError("E_TUNING", `tuning ${name}: ${(cause as Error).message}`, { cause });
  }
}
