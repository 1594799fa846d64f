// Another checkout's load generator, as a service with its command, pinned to the generators' core.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { startChild } from "./child.ts";
import { GENERATOR_CORE } from "./generators.ts";

const run = promisify(execFile);

export interface OtherGenerator extends AsyncDisposable {
  /** Requests completed a second. */
  load(words: readonly string[]): Promise<number>;
}

export async function startGenerator(checkout: string, directory: string): Promise<OtherGenerator> {
  const program = (file: string) => join(checkout, "services", "loadgen", file);
  const socket = join(directory, "before.sock");
  const environment = {
    ...process.env,
    RTTLAB_CONTROL_SOCKET: socket,
    RTTLAB_SCENARIO: "bench",
    RTTLAB_NAME: "before",
    RTTLAB_DATA_ADDRESS: "127.0.0.1",
    RTTLAB_MGMT_ADDRESS: "127.0.0.79",
  };
  const pinned = ["-c", GENERATOR_CORE, process.execPath];
  const service = startChild(["taskset", ...pinned, program("main.ts")], {
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  await once(service.stderr as NodeJS.ReadableStream, "data");
  return {
    async load(words) {
      const { stdout } = await run("taskset", [...pinned, program("load.ts"), "--json", "rtt=1ms", ...words], {
        env: environment,
        maxBuffer: 64 * 1024 ** 2,
      });
      return JSON.parse(stdout).completedPerSecond;
    },
    async [Symbol.asyncDispose]() {
      const gone = once(service, "exit");
      service.kill("SIGKILL");
      await gone;
    },
  };
}
