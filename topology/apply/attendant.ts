// A container of ours that stays in the network namespace of another one, whatever that runs. It
// sleeps, and commands in it do what the other has no rights or no tools for. `down` removes it by
// label, like everything.

import type { Labels } from "../plan/step.ts";
import { HARDENED, removeContainer } from "./container.ts";
import { attempt, type Engine } from "./docker.ts";

export interface Attendant {
  /** Its own name. */
  name: string;
  /** The container that it attends. */
  container: string;
  image: string;
  labels: Labels;
  capabilities: string[];
  /** Files of the machine that it may read and write, by their path in it. */
  files?: Readonly<Record<string, string>>;
}

const MEMORY_BYTES = 64 * 1024 ** 2;

/** Starts it, in place of an earlier one of its name. */
export async function startAttendant(
  engine: Engine,
  { name, container, image, labels, capabilities, files = {} }: Attendant,
): Promise<void> {
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
        CapAdd: capabilities,
        NetworkMode: `container:${container}`,
        Mounts: Object.entries(files).map(([Target, Source]) => ({ Type: "bind", Source, Target })),
        Memory: MEMORY_BYTES,
        MemorySwap: MEMORY_BYTES,
        PidsLimit: 32,
      },
    }),
  );
  await attempt(`starting ${name}`, created.start());
}
