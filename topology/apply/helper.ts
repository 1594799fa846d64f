// Containers of ours that act in a network namespace: most do one thing and remain, exited, as its
// record; attendants stay (attendant.ts). They are hardened like all others, with only the
// capabilities that the thing needs.

import type { Container } from "dockerode";
import type { Labels } from "../plan/step.ts";
import { removeContainer } from "./container.ts";
import { HARDENED } from "./container-options.ts";
import { attempt, type Engine } from "./docker.ts";
import { logLines } from "./logs.ts";

export interface Helper {
  name: string;
  image: string;
  labels: Labels;
  command: string[];
  capabilities: string[];
  /** Docker's network mode: `container:NAME`, `host`, `none`. */
  networkMode: string;
  /** Files of the machine that it may read and write, by their path in it. */
  files?: Readonly<Record<string, string>>;
  /** Its limit of memory, by default 64 MiB. */
  memoryBytes?: number;
}

/** Starts a helper, in place of an earlier one of its name. */
export async function startHelper(engine: Engine, helper: Helper): Promise<Container> {
  const { name, image, labels, command, capabilities, networkMode, files = {}, memoryBytes = 64 * 1024 ** 2 } = helper;
  await removeContainer(engine, name);
  const container = await attempt(
    `creating ${name}`,
    engine.docker.createContainer({
      name,
      Image: image,
      Labels: labels,
      Cmd: command,
      User: "0",
      HostConfig: {
        ...HARDENED,
        CapDrop: [...HARDENED.CapDrop],
        SecurityOpt: [...HARDENED.SecurityOpt],
        CapAdd: capabilities,
        NetworkMode: networkMode,
        Mounts: Object.entries(files).map(([Target, Source]) => ({ Type: "bind", Source, Target })),
        Memory: memoryBytes,
        MemorySwap: memoryBytes,
        PidsLimit: 32,
      },
    }),
  );
  await attempt(`starting ${name}`, container.start());
  return container;
}

/** Runs a helper to its end. Resolves to its exit status and output. */
export async function runHelper(engine: Engine, helper: Helper): Promise<{ status: number; output: string[] }> {
  const { name } = helper;
  const container = await startHelper(engine, helper);
  const { StatusCode: status } = await attempt(`running ${name}`, container.wait({ condition: "not-running" }));
  return { status, output: await Array.fromAsync(logLines(engine, name)) };
}
