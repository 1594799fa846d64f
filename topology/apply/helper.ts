// Short-lived containers of ours that do one thing to a network namespace and remain, exited, as
// its record. They are hardened like all others, with only the capabilities that the thing needs.

import type { Labels } from "../plan/step.ts";
import { HARDENED, removeContainer } from "./container.ts";
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
}

const MEMORY_BYTES = 64 * 1024 ** 2;

/**
 * Runs a helper to its end, in place of an earlier one of its name. Resolves to its exit status and
 * output.
 */
export async function runHelper(engine: Engine, helper: Helper): Promise<{ status: number; output: string[] }> {
  const { name, image, labels, command, capabilities, networkMode } = helper;
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
        Memory: MEMORY_BYTES,
        MemorySwap: MEMORY_BYTES,
        PidsLimit: 32,
      },
    }),
  );
  await attempt(`starting ${name}`, container.start());
  const { StatusCode: status } = await attempt(`running ${name}`, container.wait({ condition: "not-running" }));
  return { status, output: await Array.fromAsync(logLines(engine, name)) };
}
